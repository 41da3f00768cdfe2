import type { Fault } from "./fault.js";
import { oversold } from "./runs/oversold.js";

/** Every fault, by its number. */
export const faults: readonly Fault[] = [oversold];
