//! Spanish.

use super::Phrases;

pub(super) const PHRASES: Phrases = Phrases {
    sentences: [DELIVERY, DAMAGED, BILLING, QUALITY, SETUP, STAFF, PRICE],
    openers: [
        &["¡Qué maravilla!", "Estoy encantada.", "¡Gracias, Altamora!", "Hay que decirlo:"],
        &["Hola:", "Buenos días:", "Una nota rápida:", "Todo bien."],
        &["Hola, tengo un problema.", "La verdad, esperaba más.", "Buenas tardes:", "No es lo que esperaba."],
        &["Esto es inaceptable.", "Estoy muy enfadado.", "¡Vaya desastre!", "Increíble, y no en el buen sentido."],
    ],
    closers: [
        &["Lo recomiendo a todo el mundo.", "Repetiré seguro.", "Cinco estrellas.", "¡Seguid así!"],
        &["Gracias.", "Volveré a pedir.", "Sin quejas.", "Un saludo"],
        &["Espero una respuesta.", "¿Alguien puede mirarlo?", "Así no.", "Quedo a la espera."],
        &["Quiero que me devuelvan el dinero.", "Cancelen todo.", "Nunca más.", "Pondré una reclamación."],
    ],
    rivals: [
        &["Venimos de {rival} y no volvemos.", "Mucho mejor que {rival}."],
        &["Con {rival} esto no me pasaba.", "Ya estamos hablando con {rival}."],
    ],
};

const DELIVERY: [&[&str]; 4] = [
    &[
        "El pedido llegó un día antes de lo prometido.",
        "Rapidísimo: pedido por la noche, en casa por la mañana.",
        "Nunca he visto un envío tan rápido.",
    ],
    &["El paquete llegó el día previsto.", "Entrega correcta y a tiempo.", "El seguimiento funcionó bien."],
    &[
        "El pedido lleva {days} días de retraso.",
        "Sigo esperando el paquete y nadie me dice nada.",
        "Cambiaron la fecha de entrega dos veces sin avisar.",
        "Me quedé todo el día en casa y no vino nadie.",
    ],
    &[
        "¡{days} días de retraso y ni una sola llamada!",
        "El repartidor dice que vino. Es mentira, no vino nadie.",
        "Tercer retraso seguido, nuestros clientes sin café.",
    ],
];

const DAMAGED: [&[&str]; 4] = [
    &["Llegó con un golpe y al momento me mandaron otra {product}, genial.", "El embalaje es perfecto, ni un rasguño."],
    &["La caja venía un poco rota, pero dentro todo bien.", "Buen embalaje y sin plástico de más."],
    &[
        "La {product} ha llegado con el depósito roto.",
        "Dos bolsas venían abiertas y hay granos por todas partes.",
        "La tapa llegó partida y no cierra.",
    ],
    &[
        "¡Es la segunda {product} que llega rota!",
        "Todo hecho pedazos. ¿Quién embala esto?",
        "La máquina perdió agua por toda la recepción, vino rajada.",
    ],
];

const BILLING: [&[&str]; 4] = [
    &["El reembolso llegó en una hora, estupendo.", "Por fin una factura que se entiende a la primera."],
    &["La factura es correcta, gracias.", "Cambiar la forma de pago fue fácil."],
    &[
        "Me han cobrado dos veces el mismo pedido.",
        "La factura trae mal el NIF, otra vez.",
        "Pausé la suscripción y me la han cobrado igual.",
    ],
    &[
        "¡Llevo {days} días esperando el reembolso, es un robo!",
        "Me reclaman una factura que pagamos hace semanas.",
        "Tres cobros seguidos y solo me mandan formularios.",
    ],
];

const QUALITY: [&[&str]; 4] = [
    &[
        "El mejor café que he tomado en casa.",
        "La {product} es una alegría cada mañana.",
        "Una crema maravillosa, todos preguntan por el café.",
    ],
    &["Buen café, cumple.", "La {product} funciona bien de momento.", "Sabor correcto, no amarga."],
    &[
        "El último lote sabe a quemado.",
        "La {product} pierde agua desde ayer.",
        "Los granos vienen viejos.",
        "Hace un ruido que no se puede hablar al lado.",
    ],
    &[
        "La {product} se rompió a las {days} semanas. Una basura.",
        "Imbebible, lo hemos tirado todo.",
        "Había una piedra entre los granos y adiós molinillo.",
    ],
];

const SETUP: [&[&str]; 4] = [
    &["Lista en cinco minutos, facilísimo.", "El técnico lo instaló todo y encima nos enseñó a usarla. Perfecto."],
    &["Tardé un poco en montarla, pero funciona.", "El manual está claro."],
    &[
        "La aplicación no encuentra la {product}.",
        "No consigo apagar la luz de descalcificación.",
        "Nadie nos dijo que hacía falta un filtro.",
    ],
    &[
        "Dos horas al teléfono y la {product} sigue con el error 14.",
        "El técnico no vino, otra vez. ¡Cuarenta personas sin café!",
    ],
];

const STAFF: [&[&str]; 4] = [
    &["La atención fue amabilísima, mil gracias.", "Me lo resolvieron en dos minutos y con una sonrisa."],
    &["El agente fue amable y me ayudó.", "Respuesta rápida y educada."],
    &[
        "Me pasaron con cuatro personas y tuve que explicarlo todo otra vez.",
        "La respuesta no tenía nada que ver con mi pregunta.",
        "Nadie me devolvió la llamada.",
    ],
    &["¡Me colgaron el teléfono!", "Nunca me habían tratado tan mal.", "Siete correos y ni una respuesta seria."],
];

const PRICE: [&[&str]; 4] = [
    &["Una relación calidad-precio increíble.", "Ahorramos un tercio y el café es mejor."],
    &["El precio es justo.", "No es barato, pero lo vale."],
    &[
        "Ha subido el precio otra vez sin avisar.",
        "El envío cuesta más que las cápsulas.",
        "El código de descuento no funciona.",
    ],
    &["¿Un veinte por ciento más por lo mismo? Es un timo.", "Anuncian un precio y cobran otro. Qué vergüenza."],
];
