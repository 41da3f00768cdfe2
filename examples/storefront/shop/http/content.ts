import { REMEMBER_MS, type Tenant } from "../terms.js";
import { otherPayload } from "./errors.js";

/**
 * Binds a name to its content, and refuses the name with other content: 422. Of several at once, in
 * all processes, the first one wins. Call it before anything moves.
 *
 * The content is the mark's operation: a mark answers "first" as often as the same operation comes.
 */
export async function bindContent(
  acme: Tenant,
  name: string,
  content: readonly (string | number)[],
): Promise<void> {
  const { outcome } = await acme.idempotency.mark({
    event: `content/${name}`,
    // No name holds the dot.
    operation: content.join("·"),
    // Begins before the effect is remembered, and must not end before it.
    rememberMs: 2 * REMEMBER_MS,
  });
  if (outcome === "repeated") throw otherPayload();
}
