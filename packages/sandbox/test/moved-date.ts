/**
 * Replaces the wall clock of this process, for whoever asks `Date`: `tell` makes its time of the real one (epoch ms).
 * Gives back what puts the real one back.
 */
export function moveDate(tell: (real: number) => number): () => void {
  const real = globalThis.Date
  const now = () => tell(real.now())
  globalThis.Date = new Proxy(real, {
    construct: (target, parts: ConstructorParameters<DateConstructor> | []) =>
      Reflect.construct(target, parts.length === 0 ? [now()] : parts) as Date,
    get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
  })
  return () => {
    globalThis.Date = real
  }
}
