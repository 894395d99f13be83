//! English verbs, with `+` where the last letter doubles. Their forms are made by rule.

/// Valence in tenths, and verbs of that valence.
pub(super) const VERBS: &[(i8, &str)] = &[
    (32, "love adore treasure cherish rave excel marvel wow delight"),
    (
        26,
        "enjoy thank thrill impress please praise recommend celebrate congratulate applaud amaze fascinate captivate dazzle astound enchant charm rejoice succeed inspire astonish satisfy",
    ),
    (
        22,
        "appreciate admire welcome encourage reward bless compliment cheer entertain benefit relax exceed comfort trust honor honour respect endorse commend triumph flourish thrive prosper refresh uplift delight soothe smile laugh win gain embrace",
    ),
    (
        16,
        "like help assist resolve solve fix improve support accommodate reassure simplify ease upgrade enhance enable protect rescue save repair restore recover refund deserve care value prefer enrich strengthen succeed smooth streamline correct rectify apologize apologise explain answer agree accept approve match suit honour deliver work",
    ),
    (
        -12,
        "cancel wait ask complain delay reschedule postpone question doubt struggle return replace regret apologise confuse worry sigh shrug lack miss avoid decline deny refuse reject object oppose hesitate dispute pause skip+ stall",
    ),
    (
        -16,
        "complain delay confuse worry struggle lack wait bump+ drag+ leak crack chip+ fade shrink warp peel scratch dent jam+ glitch freeze lag+ overheat drip+ rust tear smell rattle squeak buzz misplace mishandle misspell mislabel mismatch dispute discontinue expire overflow reschedule disconnect interrupt bother disturb distract annoy irritate",
    ),
    (
        -22,
        "crash fail ruin spoil waste damage break lose ignore disappoint frustrate annoy irritate upset offend anger disgust bore suffer complain overcharge undercharge mislead misinform misrepresent overprice neglect abandon strand reject deny refuse blame argue yell shout scream cry curse swear sob+ hurt harm injure bruise burn choke stink suck lie cheat exaggerate overbook downgrade dismiss disrespect degrade deteriorate malfunction misbehave mistreat abuse bully harass threaten intimidate insult mock humiliate embarrass shame panic fear dread hinder obstruct prevent violate breach plague pester nag+ spam+ stress exhaust drain shatter smash sabotage botch bungle fumble deceive discourage dissatisfy disappoint dismay distress perplex infuriate exasperate aggravate antagonize belittle condescend",
    ),
    (
        -32,
        "hate despise loathe detest abhor scam+ defraud swindle steal rob+ betray enrage outrage infuriate horrify appall disgust sicken traumatize traumatise torture poison destroy devastate wreck kill sue extort exploit scare terrify vomit puke boycott con+ backstab+",
    ),
];
