/**
 * What to listen on, the first choice first: where any port will do, the one of last time is tried before others. A
 * machine that comes back on its old port is found at once by everybody, even if all restart together.
 */
export function listenChoices(listen: readonly string[], lastPort: number): readonly (readonly string[])[] {
  if (lastPort === 0 || !listen.some((address) => address.endsWith('/tcp/0'))) return [listen]
  const before = listen.map((address) => address.replace(/\/tcp\/0$/, `/tcp/${lastPort}`))
  return [before, listen]
}
