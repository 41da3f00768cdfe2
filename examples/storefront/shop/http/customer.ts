import type { FastifyReply, FastifyRequest } from "fastify";
import { NAME } from "../../events.js";
import { ShopError } from "./errors.js";

const HEADER = "x-customer";
const ACCOUNT = new RegExp(NAME.pattern);

/**
 * The account that asks. This demo has no sign-in: the header stands for the account's id that a
 * session would give. A header that came twice names nobody, because Node would join both values to
 * a third one.
 */
export function customerOf({ raw: { rawHeaders } }: FastifyRequest): string | undefined {
  const [account, ...others] = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === HEADER,
  );
  if (account === undefined || others.length > 0 || account.length > NAME.maxCharacters) return undefined;
  return ACCOUNT.test(account) ? account : undefined;
}

/** Refuses a request without an account, before anything else looks at it. */
export async function requireCustomer(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (customerOf(request) !== undefined) return;
  reply.header("www-authenticate", 'Customer realm="shop"');
  throw new ShopError(401, "NO_ACCOUNT", "an order needs the account of a customer");
}
