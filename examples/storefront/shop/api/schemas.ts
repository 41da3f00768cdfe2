import { LIST_ORDERS } from "../../catalogue/list-book.js";
import { NAME } from "../../events.js";

/** JSON schemas of the catalogue's requests. */

const code = { type: "string", minLength: 1, maxLength: NAME.maxCharacters, pattern: NAME.pattern } as const;
/** The name of an organisation, a schema or a category is part of a tag. */
const group = { type: "string", minLength: 1, maxLength: 32, pattern: "^[A-Za-z0-9_.-]+$" } as const;
/** PostgreSQL stores no NUL. */
const NO_NUL = "^[^\\u0000]*$";
const text = { type: "string", minLength: 1, maxLength: 200, pattern: NO_NUL } as const;
const longText = { type: "string", minLength: 1, maxLength: 4_000, pattern: NO_NUL } as const;
const minor = { type: "integer", minimum: 0, maximum: 2_147_483_647 } as const;
const units = { type: "integer", minimum: 0, maximum: 1_000_000 } as const;
const page = { type: "string", pattern: "^[1-9][0-9]{0,3}$", default: "1" } as const;
const order = { type: "string", enum: LIST_ORDERS, default: "name" } as const;
/** The most names of one batch. */
const MAX_BATCH = 100;

function objectOf<Properties extends Readonly<Record<string, object>>>(
  properties: Properties,
  required: readonly (keyof Properties & string)[] = [],
) {
  return { type: "object", additionalProperties: false, required, properties } as const;
}

export const paramsOf = {
  product: objectOf({ product: code }, ["product"]),
  category: objectOf({ category: group }, ["category"]),
  organisation: objectOf({ organisation: group }, ["organisation"]),
  schema: objectOf({ schema: group }, ["schema"]),
  customer: objectOf({ customer: code }, ["customer"]),
  order: objectOf({ order: code }, ["order"]),
};

export const listQuery = objectOf(
  {
    organisation: group,
    page,
    limit: { type: "string", pattern: "^([1-9]|[1-9][0-9]|100)$", default: "20" },
    search: { type: "string", maxLength: 100, pattern: NO_NUL, default: "" },
    order,
  },
  ["organisation"],
);
export const categoryListQuery = objectOf({ page, sort: order });
export const searchQuery = objectOf(
  {
    query: text,
    category: { type: "string", maxLength: 32, pattern: "^[A-Za-z0-9_.-]*$", default: "" },
    page,
  },
  ["query"],
);
export const dashboardQuery = objectOf({
  period: { type: "string", enum: ["today", "week", "month"], default: "today" },
});

export const newProductBody = objectOf(
  {
    product: code,
    organisation: group,
    category: group,
    schema: group,
    name: text,
    description: longText,
    priceMinor: minor,
    units,
  },
  ["product", "organisation", "category", "schema", "name", "description", "priceMinor", "units"],
);
export const productChangeBody = {
  ...objectOf({ name: text, description: longText, priceMinor: minor }),
  minProperties: 1,
};
const codes = { type: "array", minItems: 1, maxItems: MAX_BATCH, uniqueItems: true, items: code } as const;
export const productIdsBody = objectOf({ product_ids: codes }, ["product_ids"]);
export const userIdsBody = objectOf({ user_ids: codes }, ["user_ids"]);
export const nameBody = objectOf({ name: text }, ["name"]);
export const settingsBody = objectOf(
  { content: { type: "object", maxProperties: 50, propertyNames: text, additionalProperties: text } },
  ["content"],
);
export const sessionBody = objectOf({ session: code, customer: code }, ["session", "customer"]);
export const cartLineBody = objectOf({ product: code, units }, ["product", "units"]);
