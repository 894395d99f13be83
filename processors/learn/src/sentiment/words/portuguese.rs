//! Portuguese, with and without its accents, as people type. Adjectives in -o stand for all four of their forms.

/// Valence in tenths, and words of that valence.
pub(super) const ADJECTIVES: &[(i8, &str)] = &[
    (
        32,
        "perfeito fantástico maravilhoso magnífico espetacular excepcional impecável incrível ótimo excelente sensacional show",
    ),
    (24, "encantado grato lindo belo feliz contente satisfeito recomendável profissional caprichado"),
    (
        18,
        "rápido pontual útil confortável prático fácil limpo eficiente atencioso correto seguro confiável barato simpático honesto certinho resistente bonito ágil bacana",
    ),
    (
        -18,
        "lento caro difícil desconfortável sujo quebrado frio confuso incorreto errado incompleto atrasado defeituoso danificado estragado riscado usado vencido rasgado fraco frágil torto amassado demorado",
    ),
    (
        -26,
        "decepcionado decepcionante chateado indignado insatisfeito frustrado frustrante grosseiro medíocre lamentável inútil irritado triste",
    ),
    (-34, "péssimo horrível terrível vergonhoso inaceitável nojento ridículo absurdo"),
];
/// The same of words that stand as they are.
pub(super) const WORDS: &[(i8, &str)] = &[
    (32, "amei adorei adoro amo adoramos amamos nota10"),
    (
        22,
        "obrigado obrigada recomendo gostei gostamos gosto gostou melhor melhores parabéns agradeço bom boa bons boas superou bem",
    ),
    (
        16,
        "funciona funcionando qualidade rapidez rapidamente resolvido resolveram cumpre ajudou atendeu antes facilidade capricho perfeitamente",
    ),
    (
        -16,
        "falta faltando faltou faltaram problema problemas atraso atrasos demora demorou erro erros falha falhas defeito defeitos reclamação reclamar devolução devolver devolvi cancelado cancelaram cancelar perderam perdido esperando aguardando ruim ruins mau má quebrou veio",
    ),
    (
        -24,
        "mal pior piores decepção decepcionou raiva odiei odeio prejuízo mentira enganado enganada enganação propaganda enganosa desastre descaso ignoram pena nunca arrependi arrependimento desrespeito",
    ),
    (-34, "golpe roubo fraude vergonha lixo merda ladrões pesadelo palhaçada"),
];
pub(super) const NEGATIONS: &str = "não nao nem nunca jamais sem tampouco nada nenhum nenhuma ñ";
pub(super) const EMPHASIS: &str =
    "muito demais tão bastante realmente totalmente super completamente extremamente absolutamente mt mto bem";
pub(super) const DAMPERS: &str = "pouco algo apenas quase meio";
pub(super) const BUT: &str = "mas porém contudo entretanto embora";
