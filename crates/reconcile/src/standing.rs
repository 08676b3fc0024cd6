//! What interest a speaker has in a figure.

use record::{Kind, SourceKind};

use crate::atlas::Camp;
use crate::fact::Fact;
use crate::parties::Cast;
use crate::toll::side;

/// The interest of a speaker in a figure that it gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// A party about its own losses.
    Own,
    /// A party about its enemy's losses.
    Enemy,
    /// A party about civilians that it is itself said to have hit.
    OwnDoing,
    /// A party about civilians that its enemy is said to have hit.
    Accuser,
    /// The report in its own voice.
    Report,
    /// Hospitals, doctors, rescue services.
    Medical,
    /// A United Nations body.
    Un,
    /// Officials and governments without a part in the fight.
    Official,
    /// Residents, witnesses, survivors.
    Witness,
    /// Aid groups, unions, monitors, researchers, documents.
    Observer,
    /// Other media.
    Media,
    /// Images and who reads them.
    Imagery,
    /// Sources nobody names.
    Unnamed,
}

impl Standing {
    /// All of them.
    pub const ALL: [Standing; 13] = {
        use Standing::*;
        [Own, Enemy, OwnDoing, Accuser, Report, Medical, Un, Official, Witness, Observer, Media, Imagery, Unnamed]
    };

    /// The word in rule sets and receipts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Standing::Own => "own",
            Standing::Enemy => "enemy",
            Standing::OwnDoing => "own-doing",
            Standing::Accuser => "accuser",
            Standing::Report => "report",
            Standing::Medical => "medical",
            Standing::Un => "un",
            Standing::Official => "official",
            Standing::Witness => "witness",
            Standing::Observer => "observer",
            Standing::Media => "media",
            Standing::Imagery => "imagery",
            Standing::Unnamed => "unnamed",
        }
    }

    /// Whether the speaker has a part in the fight.
    pub const fn is_party(self) -> bool {
        matches!(self, Standing::Own | Standing::Enemy | Standing::OwnDoing | Standing::Accuser)
    }
}

/// The interest of the speaker of a claim in what it says.
pub(crate) fn standing(fact: &Fact, cast: &Cast) -> Standing {
    let speaker = cast.speaker(fact);
    let side = cast.camp(&side(fact, cast).0);
    let Some(kind) = speaker.kind else { return Standing::Report };
    let plain = match kind {
        SourceKind::Media => return Standing::Media,
        SourceKind::Medical => return Standing::Medical,
        SourceKind::Un => return Standing::Un,
        SourceKind::Resident | SourceKind::Witness => return Standing::Witness,
        SourceKind::Ngo | SourceKind::Analyst | SourceKind::Document => return Standing::Observer,
        SourceKind::Imagery => return Standing::Imagery,
        SourceKind::Unnamed => return Standing::Unnamed,
        SourceKind::LocalOfficial => return Standing::Official,
        SourceKind::ArmedGroup => None,
        SourceKind::Military | SourceKind::Police | SourceKind::Government | SourceKind::ForeignGovernment | SourceKind::UnnamedOfficial => {
            Some(Standing::Official)
        }
    };
    let own_side = cast.is_one(&speaker.camp, &side);
    let struck = cast.strikes(&speaker.camp);
    // Forces and governments have a stake in the number of fighters killed, whoever fought them.
    let stake = matches!(kind, SourceKind::Military | SourceKind::Police | SourceKind::Government);
    let part = stake || plain.is_none() || cast.takes_part(&speaker.camp) || own_side;
    match side {
        // An officer who gives no name does not speak for his army.
        _ if own_side && kind == SourceKind::UnnamedOfficial => Standing::Official,
        _ if own_side => Standing::Own,
        Camp::State(_) | Camp::Group(_) | Camp::Gunmen if part => Standing::Enemy,
        Camp::Peacekeepers if part && plain.is_none() => Standing::Enemy,
        Camp::Civilians | Camp::Unknown | Camp::Peacekeepers => match plain {
            Some(official) if struck && fact.claim.kind != Kind::Arrest => {
                if kind == SourceKind::UnnamedOfficial {
                    official
                } else {
                    Standing::OwnDoing
                }
            }
            Some(official) => official,
            None if struck => Standing::OwnDoing,
            None => Standing::Accuser,
        },
        _ => plain.unwrap_or(Standing::Accuser),
    }
}
