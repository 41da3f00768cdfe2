import { REMEMBER_MS, type Tenant } from "../terms.js";
import { otherPayload } from "./errors.js";

/**
 * Binds a name to its content, and refuses the name with other content: 422. If several processes
 * bind it at once, the first one wins. Call it before any units move.
 *
 * The content is the mark's operation, so a mark returns "first" for every call with the same
 * operation.
 */
export async function bindContent(
  acme: Tenant,
  name: string,
  content: readonly (string | number)[],
): Promise<void> {
  const { outcome } = await acme.idempotency.mark({
    event: `content/${name}`,
    // The dot separates both parts, because no name has it.
    operation: content.join("·"),
    // The mark begins before the effect is remembered, so it must last longer.
    rememberMs: 2 * REMEMBER_MS,
  });
  if (outcome === "repeated") throw otherPayload();
}
