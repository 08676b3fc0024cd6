//! How fast reports become claims: reports and claims a second on one core, and where the time goes.
//!
//! `ATTEST_BENCH` names a folder of reports or cases; without it the sample reports are taken. `ATTEST_BENCH_MODEL` names a folder with another
//! model, such as the same in f32 (`training/reader/export.py --f32`), which is read with as well. Figures besides
//! criterion's own go to stderr: claims a second, and the shares of encoder, resolving, intake and database.

use std::{path::PathBuf, sync::atomic::AtomicBool, time::Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ledger::Ledger;
use program::{
    Config, Pipeline,
    add::{Adding, Options, Source, Times},
    config::Surroundings,
    decide::reconcile,
};
use record::Report;

fn folder() -> PathBuf {
    let examples = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    std::env::var_os("ATTEST_BENCH").map_or_else(examples, PathBuf::from)
}

fn reports() -> Vec<Report> {
    let (hints, options) = (intake::Hints::default(), intake::Options::default());
    let sources = Source::walk(&[folder()]);
    sources.iter().filter_map(|source| source.open(&hints, &options).ok()).flat_map(|opened| opened.reports().cloned().collect::<Vec<_>>()).collect()
}

fn read(criterion: &mut Criterion) {
    read_by(criterion, "read", &Pipeline::new(&Config::default()).expect("the program carries a model"));
    if let Ok(model) = std::env::var("ATTEST_BENCH_MODEL") {
        let config = Config::load(&[("model", model)], &Surroundings::here()).expect("the settings can be read");
        read_by(criterion, "read by the other model", &Pipeline::new(&config).expect("ATTEST_BENCH_MODEL names a model"));
    }
}

fn read_by(criterion: &mut Criterion, name: &str, pipeline: &Pipeline) {
    let reports = reports();
    let words: usize = reports.iter().map(|report| report.text.split_whitespace().count()).sum();
    // In a pool of one thread the runtime keeps to it; from outside of any pool it would take every core.
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread can be made");
    let began = Instant::now();
    let readings: Vec<_> = one.install(|| reports.iter().filter_map(|report| pipeline.read(report).ok()).collect());
    let took = began.elapsed();
    let claims: usize = readings.iter().map(|reading| reading.claims.len()).sum();
    let (spotting, resolving): (Vec<f64>, Vec<f64>) = readings.iter().map(|r| (r.spotting.as_secs_f64(), r.resolving.as_secs_f64())).unzip();
    let (spotting, resolving) = (spotting.iter().sum::<f64>(), resolving.iter().sum::<f64>());
    let longest = readings.iter().map(|r| r.spotting + r.resolving).max().unwrap_or_default();
    eprintln!(
        "{name}: {} reports, {words} words, {claims} claims in {took:.2?}: {:.1} reports/s, {:.1} claims/s; encoder {:.1} %, resolving {:.1} %; \
         slowest report {longest:.0?}; reader {}",
        reports.len(),
        reports.len() as f64 / took.as_secs_f64(),
        claims as f64 / took.as_secs_f64(),
        100.0 * spotting / (spotting + resolving),
        100.0 * resolving / (spotting + resolving),
        pipeline.version(),
    );
    let mut group = criterion.benchmark_group("one core");
    group.sample_size(10).throughput(Throughput::Elements(reports.len() as u64));
    let all = || reports.iter().filter_map(|report| pipeline.read(report).ok()).map(|reading| reading.claims.len()).sum::<usize>();
    group.bench_function(name, |bencher| bencher.iter(|| one.install(all)));
    group.finish();
}

fn add(criterion: &mut Criterion) {
    let pipeline = Pipeline::new(&Config::default()).expect("the program carries a model");
    let added = || -> (Times, usize) {
        let folder_of_ledger = tempfile::tempdir().expect("a temporary folder can be made");
        let mut ledger = Ledger::create(folder_of_ledger.path().join("bench.attest")).expect("a ledger can be made");
        let stop = AtomicBool::new(false);
        let adding = Adding { pipeline: &pipeline, ledger: &mut ledger, options: Options::default(), told: &mut |_, _| {}, stop: &stop };
        let mut summary = adding.run(Source::walk(&[folder()])).expect("reports can be added");
        let began = Instant::now();
        reconcile(&mut ledger, pipeline.options(), "bench").expect("claims can be reconciled");
        summary.times.reconciling = began.elapsed();
        (summary.times, summary.new + summary.copies)
    };
    let (times, reports) = added();
    let parts = [
        ("intake", times.intake),
        ("encoder", times.spotting),
        ("resolving", times.resolving),
        ("database", times.database),
        ("reconciling", times.reconciling),
    ];
    let all: f64 = parts.iter().map(|(_, time)| time.as_secs_f64()).sum();
    let shares: Vec<String> = parts.iter().map(|(name, time)| format!("{name} {:.1} %", 100.0 * time.as_secs_f64() / all)).collect();
    eprintln!("add: {}", shares.join(", "));
    let mut group = criterion.benchmark_group("all cores");
    group.sample_size(10).throughput(Throughput::Elements(reports as u64));
    group.bench_function("add", |bencher| bencher.iter(&added));
    group.finish();
}

criterion_group!(benches, read, add);
criterion_main!(benches);
