//! German. Adjectives stand for their endings too: gut, gute, guter, gutes, guten, gutem.

/// Valence in tenths, and words of that valence.
pub(super) const ADJECTIVES: &[(i8, &str)] = &[
    (
        32,
        "perfekt fantastisch wunderbar hervorragend ausgezeichnet großartig grossartig genial begeistert spitze klasse tadellos einwandfrei vorbildlich traumhaft erstklassig",
    ),
    (24, "empfehlenswert zufrieden glücklich schön dankbar kompetent herzlich liebevoll toll"),
    (
        18,
        "gut schnell freundlich pünktlich hilfreich zuverlässig einfach nett bequem praktisch sauber günstig sicher professionell höflich reibungslos unkompliziert angenehm ordentlich",
    ),
    (
        -18,
        "langsam teuer schwierig kaputt falsch verspätet kalt kompliziert unvollständig defekt beschädigt fehlerhaft unbrauchbar schmutzig dreckig unklar umständlich zerkratzt abgelaufen überteuert",
    ),
    (
        -26,
        "schlecht enttäuscht enttäuschend unfreundlich verärgert ärgerlich unzufrieden unhöflich mangelhaft genervt traurig wütend sauer nutzlos unprofessionell unzuverlässig frustrierend lächerlich",
    ),
    (
        -34,
        "schrecklich furchtbar katastrophal unverschämt inakzeptabel grauenhaft miserabel fürchterlich unterirdisch unmöglich",
    ),
];
/// The same of words that stand as they are.
pub(super) const WORDS: &[(i8, &str)] = &[
    (32, "liebe lieben beste besten bester bestes super"),
    (22, "danke dank empfehlen empfehle empfehlung besser lob freude gefällt gerne weiterempfehlen"),
    (16, "funktioniert qualität gelöst geholfen wohl gelungen lecker"),
    (
        -16,
        "fehler fehlt fehlen fehlte problem probleme verspätung verspätungen zuspät verzögerung mangel mängel beschwerde reklamation storniert leider warte warten gewartet verloren rückerstattung kündigen kündigung spät",
    ),
    (
        -24,
        "schlimm schlimmer schlechter schlechtesten enttäuschung ärger hasse lüge gelogen ignoriert nervt nie zumutung chaos",
    ),
    (-34, "betrug betrüger abzocke frechheit katastrophe schlimmste müll scheiße mist albtraum sauerei"),
];
pub(super) const NEGATIONS: &str = "nicht kein keine keinen keiner keinem nie niemals ohne weder nichts kaum nirgends";
pub(super) const EMPHASIS: &str =
    "sehr so total extrem absolut wirklich super echt richtig besonders äußerst völlig komplett mega überaus";
pub(super) const DAMPERS: &str = "etwas wenig ziemlich einigermaßen bisschen";
pub(super) const BUT: &str = "aber jedoch allerdings doch";
