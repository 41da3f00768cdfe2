import { createMoonpath, ScriptNotLoadedError, scripts } from "../../../src/index.js";
import type { FaultRun } from "../fault-run.js";
import { connect, type ServerAddress } from "./connections.js";

/** The rights of a service that may run scripts and may not load them. */
const RULES =
  "on >service ~* &* -@all +evalsha +script|exists +multi +exec +discard +ping +hello +info +client|setname " +
  "+hget +hset +hmget +hlen +hgetall +hexists +get +set +time +pexpire +pttl";

/** The results of such a service's calls, and their effects. */
export interface ServiceTally {
  readonly calls: number;
  readonly answered: number;
  readonly notLoaded: number;
  readonly others: number;
  /** Sales that Redis has recorded. */
  readonly effects: number;
}

/**
 * Sells `calls` units one by one as a user that may not load scripts, while the run flushes them.
 * Another user loads them from time to time, as `moonpath load` does. `last` calls follow after
 * `settle` has ended the flushes.
 */
export async function sellAsService(
  run: FaultRun,
  place: ServerAddress,
  {
    calls,
    last,
    settle,
  }: { readonly calls: number; readonly last: number; readonly settle: () => Promise<void> },
): Promise<ServiceTally & { readonly answeredAtLast: number }> {
  const admin = connect(run, place);
  await admin.call("ACL", ["SETUSER", "service", ...RULES.split(" ")]);
  const texts = Object.values(scripts).flatMap((domain) => Object.values(domain).map(({ lua }) => lua));
  const load = () => Promise.all(texts.map((lua) => admin.script("LOAD", lua)));
  await load();
  const units = 10 * (calls + last);
  const redis = connect(run, place, { username: "service", password: "service" });
  const moonpath = createMoonpath(redis, { namespace: run.name(), deadlineMs: 20_000 });
  run.onClose(moonpath, () => moonpath.close());
  const owner = createMoonpath(admin, { namespace: moonpath.namespace, deadlineMs: 20_000 });
  run.onClose(owner, () => owner.close());
  const { stock: owned } = owner.tenant("shop");
  const product = "lamp";
  await owned.setLevel({ product, warehouse: "berlin", quantity: units, sequence: 1, low: 0 });

  const { stock } = moonpath.tenant("shop");
  const tally = { answered: 0, notLoaded: 0, others: 0 };
  const sell = async (operation: string) => {
    const terms = { product, operation, change: -1, backorder: false, low: 0, rememberMs: 600_000 };
    await stock.adjust(terms).then(
      () => tally.answered++,
      (error: unknown) => (error instanceof ScriptNotLoadedError ? tally.notLoaded++ : tally.others++),
    );
  };
  for (let call = 0; call < calls && !run.signal.aborted; call++) {
    if (call % 20 === 0) await load();
    await sell(`sale-${call}`);
  }
  await settle();
  await load();
  const before = tally.answered;
  for (let call = 0; call < last; call++) await sell(`last-${call}`);
  const read = await owned.read({ product, low: 0 });
  const effects = read.outcome === "known" ? units - read.total : Number.NaN;
  return { calls, ...tally, effects, answeredAtLast: tally.answered - before };
}
