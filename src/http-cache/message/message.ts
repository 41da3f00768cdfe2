import type { Fields } from "./fields.js";

/** The head of a request, as the cache needs it. */
export interface RequestHead {
  readonly method: string;
  /** The path with its query, as it was sent. */
  readonly target: string;
  /** `http` or `https`. */
  readonly scheme: string;
  /** Host and port. */
  readonly authority: string;
  readonly fields: Fields;
  /**
   * Servers may read the request differently, so its response is not stored: a GET with a body, for
   * example.
   */
  readonly isUnusual?: boolean | undefined;
}

/** The bytes of a message: whole, or in parts that are read once. */
export type Body = Uint8Array | AsyncIterable<Uint8Array> | undefined;

/** Fields after the body. */
export interface Trailers {
  /** Their names, as the field `Trailer` has them. */
  readonly names: string;
  /** Call it when the body has ended. */
  read(): Fields;
}

/** A response of the origin: a handler, or another server. */
export interface OriginResponse {
  readonly status: number;
  readonly statusText: string;
  /** Without the fields of one connection. */
  readonly fields: Fields;
  readonly body: Body;
  readonly trailers?: Trailers | undefined;
  /** Names of tags that the handler has added. */
  readonly tags?: readonly string[] | undefined;
}

/** What a request to the origin has otherwise than the client's. */
export interface ForwardChanges {
  /** Names of fields to leave out, in lower case. */
  readonly without: ReadonlySet<string>;
  /** Fields to set, with names in lower case. */
  readonly set: ReadonlyMap<string, string>;
  /** No client waits for the response. The request may run after the client's own. */
  readonly isBackground: boolean;
}

/** Asks the origin. Each call is one request. */
export type Forward = (changes: ForwardChanges) => Promise<OriginResponse>;

/** What the client gets. */
export interface Reply {
  readonly status: number;
  readonly statusText: string;
  readonly fields: Fields;
  readonly body: Body;
  readonly trailers?: Trailers | undefined;
  /** Why the origin was asked; undefined if it was not. */
  readonly forwarded?: string | undefined;
}
