/** The two leading fields of every key. Both are 1 to 64 characters of `A-Z a-z 0-9 _ . -`. */
export interface Scope {
  readonly namespace: string;
  readonly tenant: string;
}

/** An element of ARGV: a text, which is sent as UTF-8, or bytes as they are. */
export type EncodedArgument = string | Buffer;

/** The KEYS and ARGV of one call, in the order of the script. */
export interface EncodedCall {
  readonly keys: readonly string[];
  readonly args: readonly EncodedArgument[];
}
