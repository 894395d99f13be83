//! Names of people and companies. E-mail addresses are those reserved for examples (RFC 2606).

use super::random::Dice;

/// First and last names by region: Iberia, German-speaking, French and Italian, elsewhere.
const PEOPLE: [[&[&str]; 2]; 4] = [
    [
        &[
            "Lucía", "Martín", "Carmen", "Javier", "Paula", "Álvaro", "Nuria", "Sergio", "Elena", "Raúl", "Inés",
            "Diego", "Marina", "Óscar", "Teresa", "João", "Beatriz", "Iván",
        ],
        &[
            "García", "Ferrer", "Ibáñez", "Castaño", "Roldán", "Molina", "Vidal", "Quintero", "Salgado", "Pascual",
            "Arroyo", "Bermejo", "Carvalho", "Moreira", "Sanz", "Olmedo",
        ],
    ],
    [
        &[
            "Anna", "Lukas", "Katrin", "Jürgen", "Lena", "Felix", "Sabine", "Moritz", "Jana", "Tobias", "Heike",
            "Florian", "Miriam", "Stefan", "Ute", "Niklas",
        ],
        &[
            "Hofmann", "Krüger", "Lindner", "Brandt", "Seidel", "Vogel", "Arnold", "Pohl", "Busch", "Winkler",
            "Zeller", "Ebert", "Huber", "Moser", "Reiter",
        ],
    ],
    [
        &[
            "Chloé", "Hugo", "Camille", "Luc", "Élise", "Antoine", "Giulia", "Marco", "Chiara", "Matteo", "Sofia",
            "Paolo", "Margaux", "Théo", "Bianca",
        ],
        &[
            "Laurent",
            "Mercier",
            "Fontaine",
            "Chevalier",
            "Rossi",
            "Ferrari",
            "Conti",
            "Marchetti",
            "Garnier",
            "Lambert",
            "Riva",
            "Bellini",
            "Perrin",
            "Noël",
        ],
    ],
    [
        &[
            "Olivia", "Daan", "Amelia", "Noah", "Priya", "Wei", "Grace", "Ethan", "Sanne", "Liam", "Zoe", "Omar",
            "Hannah", "Kwame", "Mei", "Jack",
        ],
        &[
            "Baker", "de Vries", "Thompson", "Okafor", "Tan", "Jansen", "Walsh", "Patel", "Murray", "Lim", "Hughes",
            "Novak", "Bennett", "Clarke", "Visser",
        ],
    ],
];

const DOMAINS: [&str; 3] = ["example.com", "example.org", "example.net"];

/// A person's name and e-mail address.
pub(super) fn person(dice: &mut Dice, region: usize, who: u32) -> (Box<str>, Box<str>) {
    let [first, last] = PEOPLE[region];
    let (first, last) = (dice.pick(first), dice.pick(last));
    let email = format!("{}.{}{who}@{}", plain(first), plain(last), dice.pick(&DOMAINS));
    (format!("{first} {last}").into(), email.into())
}

/// A company's name and e-mail address, from its segment and city.
pub(super) fn company(dice: &mut Dice, segment: &str, city: &str, who: u32) -> (Box<str>, Box<str>) {
    let first = dice.pick(&[
        "Alder",
        "Bluebird",
        "Cobalt",
        "Delfino",
        "Elmwood",
        "Faro",
        "Granite",
        "Harbour",
        "Indigo",
        "Juniper",
        "Kestrel",
        "Lumen",
        "Marble",
        "Northgate",
        "Olive",
        "Pinewood",
        "Quartz",
        "Rivera",
        "Saffron",
        "Tandem",
        "Umbra",
        "Vermilion",
        "Willow",
        "Zephyr",
    ]);
    let last = dice.pick(match segment {
        "offices" => &["Consulting", "Software", "Legal", "Architects", "Insurance", "Media"],
        "coworking" => &["Cowork", "Hub", "Workspaces", "Loft"],
        "clinics" => &["Dental", "Clinic", "Health", "Physio"],
        "bakeries" => &["Bakery", "Patisserie", "Bread & Co"],
        "airport lounges" => &["Lounges", "Airport Services", "Executive Lounges"],
        _ => &["Hotels", "Resorts", "Hospitality", "Suites"],
    });
    let email = format!("office{who}@{}.{}", plain(first), dice.pick(&DOMAINS));
    (format!("{first} {last} {city}").into(), email.into())
}

/// Lower-case ASCII: what such a name becomes in an address.
fn plain(name: &str) -> String {
    let letter = |c: char| match c {
        'á' | 'ã' | 'Á' => 'a',
        'é' | 'É' | 'è' | 'ë' => 'e',
        'í' => 'i',
        'ó' | 'Ó' | 'ö' => 'o',
        'ú' | 'ü' => 'u',
        'ñ' => 'n',
        other => other.to_ascii_lowercase(),
    };
    name.chars().filter(|c| c.is_alphabetic()).map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_plain_and_reserved_for_examples() {
        for region in PEOPLE {
            for name in region.into_iter().flatten() {
                assert!(plain(name).bytes().all(|b| b.is_ascii_lowercase()), "{name}");
            }
        }
        let mut dice = Dice::new(1, 1);
        for who in 0..50 {
            for (_, email) in [person(&mut dice, 0, who), company(&mut dice, "clinics", "Lyon", who)] {
                assert!(DOMAINS.iter().any(|domain| email.ends_with(domain)), "{email}");
            }
        }
    }
}
