import type { Fault } from "./fault.js";

/** Every fault, by its number. */
export const faults: readonly Fault[] = [];
