import type { ComponentType } from "react";
import { Activity } from "./Activity";
import { Customers } from "./Customers";
import { Delivery } from "./Delivery";
import { Health } from "./Health";
import { Nps } from "./Nps";
import { Orders } from "./Orders";
import { Revenue } from "./Revenue";
import { Reviews } from "./Reviews";
import { Sentiment } from "./Sentiment";
import { Stages } from "./Stages";
import { Tickets } from "./Tickets";
import { WeightedPipeline } from "./WeightedPipeline";

export interface Panel {
  readonly id: string;
  readonly row: "hero" | "second" | "wide";
  /** Its share of the row's width on a board. */
  readonly width: number;
  readonly Show: ComponentType;
}

/** What hangs on the wall, in the order it is read. A panel is a file and a line here. */
export const PANELS: readonly Panel[] = [
  { id: "revenue", row: "hero", width: 1.62, Show: Revenue },
  { id: "orders", row: "hero", width: 1, Show: Orders },
  { id: "delivery", row: "hero", width: 1, Show: Delivery },
  { id: "tickets", row: "hero", width: 1.12, Show: Tickets },
  { id: "nps", row: "second", width: 0.92, Show: Nps },
  { id: "reviews", row: "second", width: 1.05, Show: Reviews },
  { id: "sentiment", row: "second", width: 0.95, Show: Sentiment },
  { id: "weighted", row: "second", width: 1.25, Show: WeightedPipeline },
  { id: "customers", row: "second", width: 1.1, Show: Customers },
  { id: "health", row: "wide", width: 1, Show: Health },
  { id: "stages", row: "wide", width: 1.15, Show: Stages },
  { id: "activity", row: "wide", width: 1, Show: Activity },
];
