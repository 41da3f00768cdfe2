import type { FastifyReply, FastifyRequest } from "fastify";
import { NAME } from "../../events.js";
import { ShopError } from "./errors.js";

const HEADER = "x-customer";
const ACCOUNT = new RegExp(NAME.pattern);
/** What a client sends that has lost the account. The plugins of Moonpath refuse it too. */
const NO_ACCOUNT = /^\s*(null|undefined)?\s*$/;

/**
 * The account of the request. This demo has no sign-in: the header replaces the account's id of a
 * session. If the header came twice, it names no account, because Node joins both values to a third
 * one.
 */
export function customerOf({ raw: { rawHeaders } }: FastifyRequest): string | undefined {
  const [account, ...others] = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === HEADER,
  );
  if (account === undefined || others.length > 0 || account.length > NAME.maxCharacters) return undefined;
  return ACCOUNT.test(account) && !NO_ACCOUNT.test(account) ? account : undefined;
}

/** Refuses a request without an account, before any other hook. */
export async function requireCustomer(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (customerOf(request) !== undefined) return;
  reply.header("www-authenticate", 'Customer realm="shop"');
  throw new ShopError(401, "NO_ACCOUNT", "an order needs the account of a customer");
}
