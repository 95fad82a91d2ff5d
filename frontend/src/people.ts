/** Names of accounts, as people read them. */

/** `account:anna` is anna. */
export function personName(id: string): string {
  return id.replace(/^[a-z]+:/, '');
}
