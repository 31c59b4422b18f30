/**
 * A process that writes numbered records until it is killed, and prints each number once it was acknowledged.
 * Arguments: the folder, and the number to begin with.
 */
import { concatBytes } from '../../src/base/bytes.ts'
import { uint32Key } from '../../src/store/keys.ts'
import { LevelStore } from '../../src/store/level-store.ts'

const [folder = '', from = '0'] = process.argv.slice(2)
const store = new LevelStore({ folder })
await store.start()

let next = Number(from)
/** Three writers at once, so that groups form, with records that span LevelDB's 32 KiB blocks at times. */
async function write(): Promise<void> {
  for (;;) {
    const number = next++
    const value = concatBytes(uint32Key(number), new Uint8Array((number * 7919) % 40_000))
    await store.write(
      [
        { type: 'put', key: concatBytes(Uint8Array.of(1), uint32Key(number)), value },
        { type: 'put', key: concatBytes(Uint8Array.of(2), uint32Key(number)), value: uint32Key(number) },
      ],
      { durable: number % 3 !== 0 },
    )
    process.stdout.write(`${number}\n`)
  }
}

await Promise.all([write(), write(), write()])
