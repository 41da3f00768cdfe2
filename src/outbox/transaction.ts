import { ArgumentError } from "../core/errors.js";
import { readFrom } from "../core/read-from.js";
import type { Transaction } from "../postgres/index.js";

/** A transaction of pg: its connection. */
export interface PgTransaction {
  query(text: string): Promise<unknown>;
  /** Only pools have this property. */
  readonly totalCount?: undefined;
}

/** A transaction of postgres.js: what `sql.begin` passes to its function. */
export interface PostgresJsTransaction {
  unsafe(text: string): PromiseLike<unknown>;
}

/** A transaction of Drizzle: what `db.transaction` passes to its function. */
export interface DrizzleTransaction {
  execute(text: string): PromiseLike<unknown>;
  rollback(): never;
}

/** A transaction of Prisma: what `prisma.$transaction` passes to its function. */
export interface PrismaTransaction {
  $executeRawUnsafe(text: string): PromiseLike<unknown>;
}

/** A transaction of Kysely: what `db.transaction().execute` passes to its function. */
export interface KyselyTransaction {
  readonly isTransaction: true;
  executeQuery(query: {
    readonly sql: string;
    readonly parameters: readonly unknown[];
    readonly query: {
      readonly kind: "RawNode";
      readonly sqlFragments: readonly string[];
      readonly parameters: readonly never[];
    };
    readonly queryId: { readonly queryId: string };
  }): Promise<unknown>;
}

/** A transaction of Knex: what `knex.transaction` passes to its function. */
export interface KnexTransaction {
  readonly isTransaction?: boolean;
  raw(text: string): PromiseLike<unknown>;
}

/** The transaction of a library. A pool or a client outside of a transaction does not fit. */
export type OutboxTransaction =
  | Transaction
  | PgTransaction
  | PostgresJsTransaction
  | DrizzleTransaction
  | PrismaTransaction
  | KyselyTransaction
  | KnexTransaction;

/**
 * The function that runs a statement without parameters in the transaction.
 *
 * @throws ArgumentError for anything else than a transaction of one of the libraries
 */
export function runnerOf(tx: OutboxTransaction): (text: string) => PromiseLike<unknown> {
  return readFrom("tx", () => {
    if ((typeof tx !== "object" && typeof tx !== "function") || tx === null) throw notTransaction("tx");
    // In this order: a transaction of Drizzle also has a `query`, which is no function.
    if ("$executeRawUnsafe" in tx) {
      return has(tx, "$connect") ? refuse("Prisma's $transaction") : (text) => tx.$executeRawUnsafe(text);
    }
    if ("executeQuery" in tx) {
      if (tx.isTransaction !== true) return refuse("Kysely's transaction().execute");
      return (text) => tx.executeQuery(rawQuery(text));
    }
    if ("raw" in tx) {
      return tx.isTransaction === true ? (text) => tx.raw(text) : refuse("Knex's transaction");
    }
    if ("unsafe" in tx) return has(tx, "begin") ? refuse("postgres.js's begin") : (text) => tx.unsafe(text);
    if ("execute" in tx) {
      return has(tx, "rollback") ? (text) => tx.execute(text) : refuse("Drizzle's transaction");
    }
    if (!has(tx, "query")) throw notTransaction("tx");
    if ("totalCount" in tx && tx.totalCount !== undefined) return refuse("pg's BEGIN, not a pool");
    return (text) => tx.query(text);
  });
}

function has(tx: object, name: string): boolean {
  return typeof Reflect.get(tx, name) === "function";
}

function refuse(source: string): never {
  throw new ArgumentError("tx", `the connection of the transaction, from ${source}`);
}

function notTransaction(argument: string): ArgumentError {
  return new ArgumentError(
    argument,
    "a transaction of pg, postgres.js, Drizzle, Prisma, Kysely or Knex; for another library, { query: (text) => … }",
  );
}

let queries = 0;

/** What Kysely's `CompiledQuery.raw` makes. */
function rawQuery(text: string): Parameters<KyselyTransaction["executeQuery"]>[0] {
  return {
    sql: text,
    parameters: [],
    query: { kind: "RawNode", sqlFragments: [text], parameters: [] },
    queryId: { queryId: `moonpath-${queries++}` },
  };
}
