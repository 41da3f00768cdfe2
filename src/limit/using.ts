import { ArgumentError } from "../core/errors.js";
import { LeaseGroup } from "../core/lease/lease-group.js";
import { WaitDeadline } from "../core/wait-deadline.js";
import { enterInTime } from "./enter.js";
import type { PermitLease, PermitScripts } from "./permit-lease.js";
import { resolvePermitOptions } from "./permit-options.js";
import type { HeldPermit, PermitOptions } from "./using-types.js";

/** Runs work while this process holds a permit; see `Using`. */
export async function usePermit<Result>(
  { scripts }: { readonly scripts: PermitScripts },
  name: string,
  options: PermitOptions,
  work: (held: HeldPermit) => Promise<Result> | Result,
): Promise<Result> {
  if (typeof work !== "function") throw new ArgumentError("work", "a function");
  const resolved = resolvePermitOptions(name, options);
  const { signal, onLost, waitMs } = resolved;
  const lossText = "the permit's lease ended before the work did";
  const group = new LeaseGroup<PermitLease>({ signal, onLost, lossText });
  try {
    const deadline = new WaitDeadline(waitMs, group.signal);
    const lease = await enterInTime(scripts, name, resolved, deadline);
    group.add(lease);
    deadline.throwIfAborted();
    const { permit, fence } = lease;
    const result = await work({
      signal: group.signal,
      permit,
      fence,
      throwIfLost: () => group.throwIfLost(),
    });
    group.throwIfLost();
    return result;
  } catch (error) {
    throw group.causeOf(error);
  } finally {
    await group.end();
  }
}
