//! German.

use super::Phrases;

pub(super) const PHRASES: Phrases = Phrases {
    sentences: [DELIVERY, DAMAGED, BILLING, QUALITY, SETUP, STAFF, PRICE],
    openers: [
        &["Großartig!", "Ich bin begeistert.", "Danke, Altamora!", "Das muss einmal gesagt werden:"],
        &["Hallo,", "Guten Tag,", "Kurze Rückmeldung:", "Alles in Ordnung."],
        &[
            "Guten Tag, ich habe ein Problem.",
            "Ehrlich gesagt hatte ich mehr erwartet.",
            "Hallo,",
            "Leider nicht wie erhofft.",
        ],
        &["Das ist eine Frechheit.", "Ich bin stinksauer.", "So geht das nicht!", "Unfassbar."],
    ],
    closers: [
        &["Absolut zu empfehlen.", "Gerne wieder!", "Fünf Sterne von mir.", "Weiter so!"],
        &["Danke.", "Bestelle wieder.", "Nichts zu beanstanden.", "Viele Grüße"],
        &["Bitte prüfen Sie das.", "Ich bitte um Rückmeldung.", "Das geht besser.", "Ich warte auf Antwort."],
        &["Ich will mein Geld zurück.", "Kündigen Sie alles.", "Nie wieder.", "Das wird ein Nachspiel haben."],
    ],
    rivals: [
        &["Wir kommen von {rival} und gehen nicht zurück.", "Viel besser als {rival}."],
        &["Bei {rival} ist mir das nie passiert.", "Wir sprechen schon mit {rival}."],
    ],
};

const DELIVERY: [&[&str]; 4] = [
    &[
        "Das Paket war einen Tag früher da als versprochen.",
        "Abends bestellt, morgens geliefert. Wahnsinn.",
        "So schnell wurde ich noch nie beliefert.",
    ],
    &["Die Lieferung kam am zugesagten Tag.", "Pünktlich und heil angekommen.", "Die Sendungsverfolgung stimmte."],
    &[
        "Meine Bestellung ist {days} Tage zu spät.",
        "Ich warte immer noch auf das Paket und höre nichts.",
        "Der Liefertermin wurde zweimal verschoben.",
        "Ich war den ganzen Tag zu Hause und niemand kam.",
    ],
    &[
        "{days} Tage zu spät und kein einziges Wort von Ihnen!",
        "Der Fahrer behauptet, er sei hier gewesen. Gelogen.",
        "Zum dritten Mal verspätet, unsere Gäste hatten keinen Kaffee.",
    ],
];

const DAMAGED: [&[&str]; 4] = [
    &["Eine Delle im Karton, und sofort war eine neue {product} unterwegs. Klasse.", "Perfekt verpackt, kein Kratzer."],
    &["Der Karton war etwas eingerissen, der Inhalt in Ordnung.", "Gute Verpackung ohne viel Plastik."],
    &[
        "Die {product} kam mit einem Riss im Wassertank an.",
        "Zwei Beutel waren offen, überall Bohnen.",
        "Der Deckel ist gebrochen und schließt nicht.",
    ],
    &[
        "Schon die zweite {product}, die kaputt ankommt!",
        "Alles zerbrochen. Wer verpackt so etwas?",
        "Die Maschine hat den ganzen Empfang unter Wasser gesetzt, sie kam gerissen an.",
    ],
];

const BILLING: [&[&str]; 4] = [
    &["Die Erstattung war nach einer Stunde da, beeindruckend.", "Endlich eine Rechnung, die man auf Anhieb versteht."],
    &["Die Rechnung stimmt, danke.", "Die Zahlungsart zu ändern war einfach."],
    &[
        "Dieselbe Bestellung wurde zweimal abgebucht.",
        "Auf der Rechnung steht wieder die falsche Steuernummer.",
        "Das Abo war pausiert und wurde trotzdem abgebucht.",
    ],
    &[
        "Seit {days} Tagen warte ich auf mein Geld. Das ist Betrug.",
        "Eine Mahnung für eine längst bezahlte Rechnung? Räumen Sie Ihre Buchhaltung auf.",
        "Dreimal abgebucht, und ich bekomme nur Formulare!",
    ],
];

const QUALITY: [&[&str]; 4] = [
    &[
        "Der beste Espresso, den ich je zu Hause hatte.",
        "Die {product} ist jeden Morgen eine Freude.",
        "Herrliche Crema, alle fragen nach dem Kaffee.",
    ],
    &["Guter Kaffee, tut was er soll.", "Die {product} läuft bisher gut.", "Schmeckt gut, nicht zu bitter."],
    &[
        "Die letzte Lieferung schmeckt verbrannt.",
        "Die {product} tropft seit gestern.",
        "Die Bohnen sind alt.",
        "Die Pumpe ist so laut, dass man nebenan nicht reden kann.",
    ],
    &[
        "Die {product} war nach {days} Wochen kaputt. Billiger Schrott.",
        "Ungenießbar, wir haben alles weggeschüttet.",
        "Ein Stein zwischen den Bohnen, jetzt ist das Mahlwerk hin!",
    ],
];

const SETUP: [&[&str]; 4] = [
    &[
        "In fünf Minuten eingerichtet, kinderleicht.",
        "Der Techniker hat alles aufgebaut und uns gleich eingewiesen. Perfekt.",
    ],
    &["Das Einrichten hat etwas gedauert, läuft jetzt aber.", "Die Anleitung ist verständlich."],
    &[
        "Die App findet die {product} nicht.",
        "Die Entkalkungslampe geht nicht aus.",
        "Niemand hat uns gesagt, dass wir einen Filter brauchen.",
    ],
    &[
        "Zwei Stunden Hotline und die {product} zeigt immer noch Fehler 14.",
        "Der Techniker kam wieder nicht. Vierzig Leute ohne Kaffee!",
    ],
];

const STAFF: [&[&str]; 4] = [
    &["Ihr Kundendienst war so freundlich und geduldig, vielen Dank!", "In zwei Minuten gelöst, und das mit Humor."],
    &["Der Mitarbeiter war nett und hat geholfen.", "Höflich und schnell beantwortet."],
    &[
        "Ich wurde viermal weiterverbunden und musste alles neu erklären.",
        "Die Antwort hatte nichts mit meiner Frage zu tun.",
        "Niemand hat zurückgerufen.",
    ],
    &[
        "Ihr Mitarbeiter hat einfach aufgelegt!",
        "So unverschämt wurde ich noch nie behandelt.",
        "Sieben E-Mails und keine ehrliche Antwort.",
    ],
];

const PRICE: [&[&str]; 4] = [
    &["Unglaublich gutes Preis-Leistungs-Verhältnis.", "Wir sparen ein Drittel und der Kaffee ist besser."],
    &["Der Preis ist fair.", "Nicht billig, aber das Geld wert."],
    &[
        "Schon wieder teurer, ohne Ankündigung.",
        "Der Versand kostet mehr als die Kapseln.",
        "Der Gutscheincode geht nicht.",
    ],
    &[
        "Zwanzig Prozent mehr für dieselben Bohnen? Abzocke.",
        "Sie werben mit einem Preis und verlangen einen anderen. Schämen Sie sich.",
    ],
];
