let last: string | null = null

/** The channel that was looked at last: coming back to Messages leads there. */
export const lastChannel = {
  get: (): string | null => last,
  set: (channel: string): void => {
    last = channel
  },
}
