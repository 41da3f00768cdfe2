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

/** How the suffix of every key of a slot begins: `shop:{3dj}:slot-due`. */
export const SLOT_PREFIX = "slot-";

/** Every suffix that no key with the hash tag of a tenant may have. */
export const RESERVED_SUFFIXES: readonly ReservedSuffix[] = [
  {
    suffix: REPLICA_MARKER,
    prefix: false,
    because: "the client overwrites that key when a call waits for replicas, and lets it expire",
  },
  {
    suffix: SLOT_PREFIX,
    prefix: true,
    because: "only keys with the hash tag {<slot of …>} have such names",
  },
];
