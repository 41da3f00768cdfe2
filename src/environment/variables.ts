/** One variable of the environment, for the reader of the docs. */
interface Variable {
  /** The form of a value, with an example. */
  readonly value: string;
  readonly effect: string;
  /** Why the variable has no effect. Absent: it has one. */
  readonly noEffect?: string;
}

/**
 * Every variable that `optionsFromEnv` reads. A test compares the table in docs/client.md with it, and
 * each row with what the function does.
 */
export const variables = {
  REDIS_ADDR: {
    value: "`host:port`, such as `localhost:6379`; several, separated by commas",
    effect: "The server. Several addresses are nodes of a cluster. Default `localhost:6379`.",
  },
  REDIS_URL: {
    value: "`redis://user:password@host:6379/0`; several, separated by commas",
    effect: "The same, with login and database. `rediss:` means TLS. It excludes `REDIS_ADDR`.",
  },
  REDIS_USERNAME: {
    value: "a name",
    effect: "The Redis user. Default: that of `REDIS_URL`, or else the user `default`.",
  },
  REDIS_PASSWORD: { value: "a password", effect: "The password of the user, unless `REDIS_URL` has it." },
  REDIS_DB: {
    value: "a whole number, such as `0`",
    effect: "The database. Default: that of `REDIS_URL`, or else 0. A cluster has only 0.",
  },
  REDIS_DIAL_TIMEOUT: {
    value: "a duration, such as `5s`",
    effect: "`connectTimeout`: the limit of one attempt to connect. Default: that of ioredis, 10 s.",
  },
  REDIS_READ_TIMEOUT: {
    value: "a duration, such as `3s`",
    effect:
      "`deadlineMs`: the limit of a call; default 1 s. And `socketTimeout`: a connection without a reply for so long is replaced.",
  },
  REDIS_WRITE_TIMEOUT: {
    value: "a duration, such as `3s`",
    effect: "None: a call never waits for its write. `REDIS_READ_TIMEOUT` limits write and reply together.",
    noEffect: "a call never waits for its write; REDIS_READ_TIMEOUT limits write and reply together",
  },
  REDIS_MAX_RETRIES: {
    value: "a whole number from 0 to 1000, such as `3`",
    effect: "`retries`: the most retries of a call. Default 20. 0 disables them.",
  },
  REDIS_POOL_SIZE: {
    value: "a whole number, such as `100`",
    effect: "None: one connection carries all calls at the same time, so there is no pool.",
    noEffect: "one connection carries all calls at the same time, so there is no pool",
  },
  REDIS_MIN_IDLE_CONNS: {
    value: "a whole number, such as `10`",
    effect: "None: there is no pool. The one connection stays open.",
    noEffect: "there is no pool; the one connection stays open",
  },
  REDIS_WRITE_BEHIND_ENABLED: {
    value: "`true` or `false`",
    effect:
      "None: a cache delays a write only if its definition has a queue; see [write-behind](write-behind.md).",
    noEffect: "a cache delays a write only if its definition has a queue",
  },
  REDIS_WRITE_BEHIND_BATCH: {
    value: "a duration, such as `10s`",
    effect: "None: the worker's `flushMs` is this time; see [write-behind](write-behind.md).",
    noEffect: "the worker's option `flushMs` is this time",
  },
} as const satisfies Record<string, Variable>;

/** The name of a variable that `optionsFromEnv` reads. */
export type VariableName = keyof typeof variables;

/** The names in the order of the table. */
export function variableNames(): VariableName[] {
  return Object.keys(variables).filter((name): name is VariableName => name in variables);
}

/** The values of variables that are set and not empty. */
export type Values = Readonly<Partial<Record<VariableName, string>>>;

/** Notes on the variables that are set and have no effect, one sentence for each. */
export function notesOn(values: Values): string[] {
  return variableNames().flatMap((name) => {
    const variable: Variable = variables[name];
    if (values[name] === undefined || variable.noEffect === undefined) return [];
    return [`${name} has no effect: ${variable.noEffect}.`];
  });
}
