//! How likely a place is meant when nothing but its name is known. Shared with the build step, which sorts by it.

/// Importance of a place from its feature (class letter and GeoNames code, such as `PPPLC`) and population, in the
/// units of a candidate's score; 0 for a hamlet, about 10 for a large country.
pub(crate) fn importance(feature: &str, population: u64) -> f32 {
    let people = ((population.max(1) as f32) / 150.0).max(1.0).ln();
    match feature {
        "APCLI" | "APCLS" | "APCLD" | "APCLF" | "APCLIX" | "APCL" | "ATERR" => 8.0 + 0.15 * people,
        "PPPLC" => 2.5 + 0.55 * people,
        "PPPLA" => 1.4 + 0.55 * people,
        "PPPLA2" => 0.7 + 0.55 * people,
        "PPPLA3" | "PPPLA4" => 0.25 + 0.55 * people,
        "PPPLX" | "PPPLQ" | "PPPLH" | "PPPLCH" | "PPPLW" => 0.3 * people,
        "AADM1" => 4.2 + 0.2 * people,
        "AADM2" => 1.1 + 0.2 * people,
        "AADM2H" | "AADM3" | "AADMD" => 0.6 + 0.1 * people,
        "LCONT" | "LRGN" => 5.0,
        "HSEA" | "HSTRT" | "HGULF" | "HOCN" => 4.0,
        "HLK" | "HLKS" => 0.8,
        "LLCTY" | "LAREA" => 0.3,
        "SAIRP" => 0.4,
        _ if feature.starts_with('P') => 0.55 * people,
        _ if feature.starts_with('T') || feature.starts_with('V') => 0.1,
        _ => 0.0,
    }
}
