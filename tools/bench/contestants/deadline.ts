import { DeadlineError, UnavailableError } from "../../../src/index.js";
import { LOW } from "./hand.js";
import { withMoonpath } from "./moonpath.js";
import { productOf } from "./products.js";

/** Long enough that all calls are made before the first one ends. */
const DEADLINE_MS = 3_000;

/** Calls to a server that does not answer. Each resolves with the milliseconds after its deadline. */
export const moonpath = withMoonpath(({ stock }) => ({
  call: async (number) => {
    const startedAt = performance.now();
    try {
      await stock.read({ product: productOf(number), low: LOW }, { deadlineMs: DEADLINE_MS });
    } catch (error) {
      // A call that still waits for the answers before it was not sent.
      if (error instanceof DeadlineError || error instanceof UnavailableError)
        return performance.now() - startedAt - DEADLINE_MS;
      throw error;
    }
    throw new Error("the stopped server has answered");
  },
}));
