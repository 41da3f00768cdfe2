/** A suffix that no key pattern of a user may end in, behind the hash tag: `}:<suffix>`. */
export interface ReservedSuffix {
  readonly suffix: string;
  /** Any suffix that begins so is reserved, too. */
  readonly prefix: boolean;
  /** Who writes such keys: a clause. */
  readonly because: string;
}

/**
 * What the client writes beside a script's keys, so that it knows how far replicas are:
 * `shop:{acme:lamp}:replicated`.
 */
export const REPLICA_MARKER = "replicated";

/** Every suffix that Moonpath keeps for itself. */
export const RESERVED_SUFFIXES: readonly ReservedSuffix[] = [
  {
    suffix: REPLICA_MARKER,
    prefix: false,
    because: "the client overwrites that key when a call waits for replicas, and lets it expire",
  },
  {
    suffix: "slot-",
    prefix: true,
    because: "Moonpath keeps these names for the indexes of a slot",
  },
];
