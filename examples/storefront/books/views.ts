import { applyViews, type Database } from "moonpath/postgres";
import type { ViewBatch } from "moonpath/views";
import type { Pool, PoolClient } from "pg";
import { inSchema } from "./in-schema.js";

/** Writes each batch of page views to the books once, and counts statements and rows. */
export class ViewLedger {
  readonly #pool: Pool;
  readonly #schema: string;
  #statements = 0;
  #rows = 0;

  constructor(pool: Pool, schema: string) {
    this.#pool = pool;
    this.#schema = schema;
  }

  /** Statements that wrote views, or recorded the number of the last batch. */
  get statements(): number {
    return this.#statements;
  }

  /** Rows that these statements wrote. */
  get rows(): number {
    return this.#rows;
  }

  /** Applies a batch. The same batch again changes nothing. */
  apply(batch: ViewBatch): Promise<"applied" | "repeated"> {
    return inSchema(this.#pool, this.#schema, (tx) => {
      const counted = this.#counted(tx);
      return applyViews(counted, batch, (views) =>
        counted.query(
          `insert into product_views as known (product, views)
           select product, sum(views) from unnest($1::text[], $2::bigint[]) as added (product, views)
           group by product order by product
           on conflict (product) do update set views = known.views + excluded.views`,
          [views.map(({ product }) => product), views.map(({ count }) => count)],
        ),
      );
    });
  }

  #counted(tx: PoolClient): Database {
    return {
      query: async (text, values) => {
        const answer = await tx.query(text, values);
        if (answer.command === "INSERT" || answer.command === "UPDATE") {
          this.#statements += 1;
          this.#rows += answer.rowCount ?? 0;
        }
        return answer;
      },
    };
  }
}
