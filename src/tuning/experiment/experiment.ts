import type { Cache, CacheDefinition, CacheMaker, CodecFor, FieldsOf } from "../../cache/index.js";
import { EntryPattern } from "../../cache/index.js";
import { ArgumentError } from "../../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../../core/known-options.js";
import { readFrom } from "../../core/read-from.js";
import type { CacheFigures } from "../cache-figures.js";
import { ArmsOfKeys } from "./arms.js";
import { type ArmResult, resultsOf } from "./results.js";
import { routedCache } from "./routed-cache.js";

/** What an arm changes of the definition. An empty object changes nothing: the control. */
export type ArmChanges = Partial<
  Pick<
    CacheDefinition<string, unknown>,
    | "freshMs"
    | "staleMs"
    | "jitter"
    | "earlyRefresh"
    | "negativeMs"
    | "softTimeoutMs"
    | "compression"
    | "compressFromBytes"
  >
>;

const armNames: OptionNames<ArmChanges> = {
  freshMs: true,
  staleMs: true,
  jitter: true,
  earlyRefresh: true,
  negativeMs: true,
  softTimeoutMs: true,
  compression: true,
  compressFromBytes: true,
};

/** An experiment with the options of one cache. */
export interface ExperimentOptions<Pattern extends string, Value> {
  /** 1 to 40 characters of `A-Z a-z 0-9 _ . -`. Another name divides the keys in another way. */
  readonly name: string;
  /** Collects the figures of the arms. */
  readonly figures: CacheFigures;
  /** The definition of all arms. It has neither `figures` nor `tuning`. */
  readonly definition: Omit<CacheDefinition<Pattern, Value>, "figures" | "tuning">;
  /** 2 to 8 arms by name. The first one is the control. */
  readonly arms: Readonly<Record<string, ArmChanges>>;
}

const optionNames: OptionNames<ExperimentOptions<string, unknown>> = {
  name: true,
  figures: true,
  definition: true,
  arms: true,
};

/** A running experiment. */
export interface CacheExperiment<Fields, Value> {
  /** Use it in place of the cache of `moonpath.cache`. Each key has the options of its arm. */
  readonly cache: Cache<Fields, Value>;
  /** The arm of a key: the same in every process. */
  armOf(tenant: string, fields: Fields): string;
  /** The figures of each arm since its processes have started, and how they differ from the control. */
  results(): Promise<readonly ArmResult[]>;
}

/** The largest number of arms: each has at least 32 groups of keys. */
const MAX_ARMS = 8;

/**
 * Compares options of a cache. Keys are divided into arms by a hash, so a key has the same options in each
 * process and for all callers. Make it in every process, with the same options.
 *
 * ```ts
 * const figures = collectFigures(moonpath);
 * figures.start();
 * const experiment = startExperiment(moonpath, {
 *   name: "longer-ttl",
 *   figures,
 *   definition: {
 *     pattern: "product:<product>",
 *     freshMs: 600_000,
 *     load: ({ product }) => database.product(product),
 *   },
 *   arms: { control: {}, longer: { freshMs: 1_800_000 } },
 * });
 * await experiment.cache.tenant("acme").getOrLoad({ product: "lamp" });
 * console.log(await experiment.results());
 * ```
 *
 * @throws ArgumentError that names the option
 */
export function startExperiment<const Pattern extends string, Value>(
  caches: CacheMaker,
  options: ExperimentOptions<Pattern, Value> & { readonly definition: CodecFor<Value> },
): CacheExperiment<FieldsOf<Pattern>, Value> {
  const { name, figures, definition, arms } = readFrom("options", () => checked(options));
  const names = Object.keys(arms);
  const divided = new ArmsOfKeys(name, names.length);
  const pattern = new EntryPattern<FieldsOf<Pattern>>(definition.pattern);
  const cachesOfArms = Object.entries(arms).map(([arm, changes]) =>
    caches.cache<Pattern, Value>({
      ...definition,
      ...changes,
      figures: { recorderOf: (cache) => figures.recorderOfArm(cache, `${name}/${arm}`, divided.seed) },
    }),
  );
  const placeOf = (tenant: string, fields: FieldsOf<Pattern>) =>
    divided.armOf(tenant, pattern.nameOf(fields));
  return {
    cache: routedCache(cachesOfArms, placeOf),
    armOf: (tenant, fields) => names[placeOf(tenant, fields)] ?? "",
    results: async () => resultsOf(await figures.readAll(), definition.pattern, name, names, divided),
  };
}

/** @throws ArgumentError */
function checked<Pattern extends string, Value>(
  options: ExperimentOptions<Pattern, Value>,
): ExperimentOptions<Pattern, Value> {
  refuseUnknownOptions(options, optionNames);
  const { name, figures, definition, arms } = options;
  if (typeof name !== "string" || !NAME.test(name)) throw new ArgumentError("name", EXPECTED_NAME);
  if (typeof figures?.recorderOfArm !== "function")
    throw new ArgumentError("figures", "what collectFigures returns");
  if (typeof definition !== "object" || definition === null)
    throw new ArgumentError("definition", "an object");
  for (const option of ["figures", "tuning"]) {
    if (Reflect.get(definition, option) !== undefined)
      throw new ArgumentError(`definition.${option}`, "nothing: the experiment records its arms");
  }
  if (typeof arms !== "object" || arms === null) throw new ArgumentError("arms", "an object");
  const copies = Object.entries(arms).map(([arm, changes]) => {
    if (!NAME.test(arm)) throw new ArgumentError("arms", `names of ${EXPECTED_NAME}`);
    if (typeof changes !== "object" || changes === null) throw new ArgumentError(`arms.${arm}`, "an object");
    refuseUnknownOptions(changes, armNames, `arms.${arm}`);
    return [arm, { ...changes }] as const;
  });
  if (copies.length < 2 || copies.length > MAX_ARMS) throw new ArgumentError("arms", `2 to ${MAX_ARMS} arms`);
  return { name, figures, definition: { ...definition }, arms: Object.fromEntries(copies) };
}

const NAME = /^[A-Za-z0-9_.-]{1,40}$/;
const EXPECTED_NAME = "1 to 40 characters of A-Z a-z 0-9 _ . -";
