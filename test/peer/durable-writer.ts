/** Writes the texts A and B in turn to the file that it is told, until it is killed: for tests of what is then there. */
import { writeDurably } from '../../src/peer/durable-file.ts'

const [file = '', length = '0'] = process.argv.slice(2)
for (let turn = 0; ; turn++) {
  await writeDurably(file, (turn % 2 === 0 ? 'A' : 'B').repeat(Number(length)))
  if (turn === 0) process.stdout.write('"writing"\n')
}
