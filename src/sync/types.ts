/** What a schema returns: a value, or what is wrong. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** What is wrong with a value. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/**
 * A schema of zod, valibot, ArkType or another library with the Standard Schema interface, version 1. The
 * interface is repeated here, as its specification allows, so that no package is needed for it.
 */
export interface ReplySchema<Output = unknown> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

/** The options of one call. `type` is the value of the label `sync_type`. */
export interface SyncCallOptions<Type extends string = string> {
  /** The kind of the call, one of `types` of `createSync`. Default: the first of them. */
  readonly type?: Type | undefined;
  /** `GET`, `HEAD`, `POST`, `PUT`, `PATCH` or `DELETE`. Default `GET`, or `POST` with a body. */
  readonly method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | undefined;
  /** Fields of the request, such as `authorization`. They are in no error. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Ends the call. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for all attempts and the delays between them. Default: that of `createSync`. */
  readonly deadlineMs?: number | undefined;
  /**
   * A name of this write, 1 to 255 printable ASCII characters. All attempts send it in the field
   * `Idempotency-Key`, and a service that knows the field runs the write once. Without it, a write is
   * retried only if the service has not run it.
   */
  readonly idempotencyKey?: string | undefined;
}

/** The options of `sync.json`. */
export interface SyncJsonOptions<Output, Type extends string = string> extends SyncCallOptions<Type> {
  /** Validates the reply. A reply without a body is `undefined`. */
  readonly schema: ReplySchema<Output>;
  /** The body of the request; it is sent as JSON. */
  readonly body?: unknown;
}

/** The options of `sync.send`. */
export interface SyncSendOptions<Type extends string = string> extends SyncCallOptions<Type> {
  /** The body of the request as it is sent. */
  readonly body?: string | undefined;
}

/** What `sync.send` returns. */
export interface Sent {
  /** The status of the answer, 200 to 299. */
  readonly httpStatus: number;
  /** The number of attempts. */
  readonly attempts: number;
}

/** Calls to other services. */
export interface Sync<Type extends string = string> {
  /**
   * Calls a service, and returns its reply as the schema returns it.
   *
   * ```ts
   * const prices = await sync.json("https://supplier.example/prices", {
   *   schema: z.object({ lamp: z.number() }),
   *   deadlineMs: 2_000,
   * });
   * ```
   *
   * @throws SyncRefusedError the service refused the request, or redirected it
   * @throws SyncUnavailableError the service failed in all attempts
   * @throws SyncTimeoutError the service did not answer in time
   * @throws SyncReplyError the reply is too large, is no JSON, or does not fit the schema
   * @throws CircuitOpenError the service has failed so often that it was not asked
   * @throws OutcomeUnknownError a write may or may not have run; `cause` says why
   * @throws AbortedError the signal ended the call
   * @throws ArgumentError an argument is not valid
   */
  json<Output>(url: string | URL, options: SyncJsonOptions<Output, Type>): Promise<Output>;
  /**
   * The same without a reply: it reads only the status.
   *
   * @throws the same errors as `json`, except SyncReplyError
   */
  send(url: string | URL, options?: SyncSendOptions<Type>): Promise<Sent>;
}
