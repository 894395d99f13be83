//! Spanish. Adjectives in -o stand for all four of their forms, those in -e and others for their plural too.

/// Valence in tenths, and words of that valence.
pub(super) const ADJECTIVES: &[(i8, &str)] = &[
    (
        32,
        "perfecto fantástico maravilloso magnífico espectacular excepcional impecable insuperable extraordinario buenísimo increíble estupendo excelente genial",
    ),
    (
        24,
        "encantado agradecido bonito precioso hermoso feliz contento satisfecho recomendable amable profesional eficaz",
    ),
    (
        18,
        "bueno rápido puntual útil cómodo práctico fácil limpio eficiente atento correcto seguro fiable barato simpático cumplidor agradable educado resistente",
    ),
    (
        -18,
        "malo lento caro difícil incómodo sucio roto frío tardío confuso incorrecto equivocado incompleto retrasado atrasado defectuoso dañado estropeado rayado usado caducado abandonado flojo",
    ),
    (
        -26,
        "decepcionado decepcionante enfadado molesto indignado insatisfecho frustrado frustrante grosero maleducado deficiente mediocre lamentable inútil",
    ),
    (
        -34,
        "pésimo horrible terrible vergonzoso inaceptable asqueroso ridículo nefasto fatal penoso indignante espantoso malísimo intolerable",
    ),
];
/// The same of words that stand as they are.
pub(super) const WORDS: &[(i8, &str)] = &[
    (32, "encanta encantó encantaron adoro amo mejores"),
    (
        22,
        "gracias recomiendo recomendado gusta gustó gustaron mejor felicidades enhorabuena disfruté perfectamente agradezco bien acierto",
    ),
    (
        16,
        "funciona calidad rapidez rápidamente resuelto solucionado solucionaron cumple ayuda ayudaron amabilidad facilidad puntualidad sonrisa",
    ),
    (
        -16,
        "tarde falta faltan faltaba problema problemas retraso retrasos demora demoras error errores fallo fallos tardó tardaron queja quejas reclamación reclamo devolución cancelado cancelaron pierde perdieron perdido esperando caducó rompió cobraron",
    ),
    (
        -24,
        "mal peor decepción decepciona decepcionó enfado rabia odio pérdida mentira mentiras mienten engaño engañoso desastre ignoran pena asco jamás",
    ),
    (-34, "estafa estafadores robo timo fraude vergüenza basura mierda ladrones pesadilla"),
];
pub(super) const NEGATIONS: &str = "no ni nunca jamás sin tampoco nada ningún ninguna ninguno";
pub(super) const EMPHASIS: &str =
    "muy tan bastante realmente totalmente súper super completamente demasiado sumamente absolutamente verdaderamente";
pub(super) const DAMPERS: &str = "poco algo apenas casi";
pub(super) const BUT: &str = "pero sino aunque";
