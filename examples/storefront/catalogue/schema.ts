/**
 * The tables of the catalogue and of its customers. A row that clients read has a `version`, which each
 * change raises.
 *
 * - `products`, `product_fields`, `product_images`: what a product's page shows. `status` is that of the
 *   stock, and the shop writes it when it changes.
 * - `categories`: a tree.
 * - `users`, `sessions`, `customer_carts`: one row for each. The lines of a cart are JSON.
 * - `settings`: one row.
 */
export function catalogueTables(schema: string): string {
  return `
    create table ${schema}.categories (
      category  text    primary key,
      parent    text    references ${schema}.categories,
      name      text    not null,
      version   integer not null default 1
    );
    create table ${schema}.products (
      product       text        primary key,
      organisation  text        not null,
      category      text        not null references ${schema}.categories,
      schema_id     text        not null,
      name          text        not null,
      description   text        not null,
      price_minor   integer     not null check (price_minor >= 0),
      status        text        not null default 'in_stock'
        check (status in ('out_of_stock', 'low_stock', 'in_stock')),
      version       integer     not null default 1,
      created_at    timestamptz not null default now()
    );
    create index on ${schema}.products (organisation, name);
    create index on ${schema}.products (category, name);
    create index on ${schema}.products (schema_id);
    create index on ${schema}.products using gin (to_tsvector('simple', name));
    create table ${schema}.product_fields (
      product  text not null references ${schema}.products on delete cascade,
      field    text not null,
      value    text not null,
      primary key (product, field)
    );
    create table ${schema}.product_images (
      product   text    not null references ${schema}.products on delete cascade,
      position  integer not null,
      url       text    not null,
      primary key (product, position)
    );
    create table ${schema}.users (
      customer  text    primary key,
      name      text    not null,
      version   integer not null default 1
    );
    create table ${schema}.sessions (
      session   text        primary key,
      customer  text        not null,
      version   integer     not null default 1,
      ends_at   timestamptz not null
    );
    create index on ${schema}.sessions (ends_at);
    create table ${schema}.customer_carts (
      customer    text        primary key,
      lines       jsonb       not null,
      version     integer     not null default 1,
      changed_at  timestamptz not null default now()
    );
    create table ${schema}.settings (
      name     text    primary key,
      content  jsonb   not null,
      version  integer not null default 1
    );
    create index on ${schema}.offers (product) where state = 'running';
    insert into ${schema}.settings (name, content) values ('shop', '{"title": "Moonpath''s storefront"}')`;
}
