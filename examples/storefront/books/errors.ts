/**
 * PostgreSQL cannot be read or written at the moment. The cause is the error of PostgreSQL or of
 * the connection.
 */
export class BooksError extends Error {
  override readonly name = "BooksError";

  constructor(cause: unknown) {
    super("the database cannot be reached at the moment", { cause });
  }
}

/** Awaits the work, and wraps its error in a `BooksError`. */
export async function inBooks<Result>(work: Promise<Result>): Promise<Result> {
  return work.catch((error: unknown) => {
    throw new BooksError(error);
  });
}
