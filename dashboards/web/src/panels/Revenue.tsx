import { currenciesOf, useWallFigures } from "../figures/context";
import { figureText } from "../format/figure";
import { Num } from "../ui/Num";
import { HeroFigure } from "./FigureTile";
import styles from "./panels.module.css";
import { Observed } from "./parts";

export function Revenue() {
  const { byKey } = useWallFigures();
  const others = currenciesOf(byKey, "revenue").filter(
    (figure) => figure.key !== "revenue" && figure.value !== null,
  );
  return (
    <HeroFigure figureKey="revenue" trend="columns">
      <Observed figureKey="revenue" label="payments" />
      {others.slice(0, 3).map((figure) => (
        <span key={figure.key} className={styles.chip}>
          <Num
            text={figureText(figure, "short")}
            raw={figure.value}
            source={`figures|${figure.key}|value`}
            currency={figure.currency}
          />
        </span>
      ))}
    </HeroFigure>
  );
}
