/** A whole reply as plain data, which each adapter sends in its own way. */
export interface PlainReply {
  readonly status: number;
  /** By names in lower case. Only `set-cookie` may have a list. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer | undefined;
}
