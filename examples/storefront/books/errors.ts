/**
 * The books cannot be read or written just now; the cause is PostgreSQL's or the connection's own
 * error.
 */
export class BooksError extends Error {
  override readonly name = "BooksError";

  constructor(cause: unknown) {
    super("the books cannot be reached just now", { cause });
  }
}

/** The same work; whatever goes wrong with it is the books' trouble. */
export async function inBooks<Result>(work: Promise<Result>): Promise<Result> {
  return work.catch((error: unknown) => {
    throw new BooksError(error);
  });
}
