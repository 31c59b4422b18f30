import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('netlab-delay.py', import.meta.url))

/** Holds back what a host of a lab receives: kernels without netem have no other way. */
export class DelayLine {
  readonly #process: ChildProcess

  /** @param wrapper what runs a command on the host */
  static async start(wrapper: readonly string[], milliseconds: number): Promise<DelayLine> {
    const [program = 'python3', ...args] = wrapper
    const child = spawn(program, [...args, 'python3', SCRIPT, '0', String(milliseconds)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await Promise.race([
      once(child.stdout, 'data'),
      once(child, 'exit').then(() => {
        throw new Error('the delay line did not start; it needs python3 and the queues of netfilter')
      }),
    ])
    child.unref()
    return new DelayLine(child)
  }

  private constructor(process: ChildProcess) {
    this.#process = process
  }

  stop(): void {
    this.#process.kill('SIGKILL')
  }
}
