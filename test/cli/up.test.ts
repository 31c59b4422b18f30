import { describe, expect, test } from 'vitest'

import { MurmurationError } from '../../src/base/errors.ts'
import { statusOf } from '../api/fake-service.ts'
import { eventually } from '../support/eventually.ts'
import { FOLDER, Machine, machineWithPeer } from './harness.ts'

describe('up', () => {
  test('opens, serves and says it is ready in its first line, and stops in order on SIGTERM', async () => {
    const machine = new Machine()
    const how = [
      '--no-mdns',
      '--listen',
      '/ip4/127.0.0.1/tcp/0',
      '--name',
      'nas',
      '--no-relay',
      '--announce',
      '/dns4/a/tcp/1',
    ]
    const running = machine.run(['up', '--json', ...how])
    await eventually(() => machine.stdout.includes('ready'))
    expect(JSON.parse(machine.stdout)).toEqual({
      event: 'ready',
      deviceId: '12D3KooWalice',
      addresses: ['/ip4/127.0.0.1/tcp/4001'],
      ui: null,
    })
    expect(machine.opened).toEqual([
      {
        dataDirectory: FOLDER,
        machineName: 'nas',
        mdns: false,
        listen: ['/ip4/127.0.0.1/tcp/0'],
        relay: 'off',
        announce: ['/dns4/a/tcp/1'],
        vaults: {},
      },
    ])
    expect(machine.served).toEqual([{ dataDirectory: FOLDER, uiPort: null }])
    machine.signal('SIGTERM')
    expect(await running).toMatchObject({ status: 0, stderr: '' })
    expect(machine.closed).toEqual(['served, after 1 stop'])
    expect(machine.exits).toEqual([])
    expect(machine.listensForStop).toBe(false)
  })

  test.each([
    [['up', '--ui'], 0],
    [['up', '--ui', '8080'], 8080],
    [['up', '--ui=8080'], 8080],
    [['up'], null],
  ] as const)('%j asks for port %j', async (args, port) => {
    const machine = new Machine()
    const running = machine.run([...args, '--json'])
    await eventually(() => machine.stdout !== '')
    expect(machine.served).toEqual([{ dataDirectory: FOLDER, uiPort: port }])
    expect((JSON.parse(machine.stdout) as { ui: string | null }).ui === null).toBe(port === null)
    machine.signal('SIGINT')
    await running
  })

  test('for eyes it says where it is and what to do next', async () => {
    const machine = new Machine()
    machine.peer.handle('peer.status', () => statusOf({ swarm: null }))
    const running = machine.run(['up', '--ui'])
    await eventually(() => machine.stdout !== '')
    expect(machine.stdout).toContain("alice's laptop is up\n")
    expect(machine.stdout).toContain('page     http://127.0.0.1:4321/#token=t')
    expect(machine.stdout).toContain(`murmuration swarm create "Studio Lisbon" --data-dir ${FOLDER}`)
    machine.signal('SIGINT')
    await running
  })

  test('leaves to the settings what it is not told', async () => {
    const machine = new Machine()
    const running = machine.run(['up', '--json'])
    await eventually(() => machine.stdout !== '')
    expect(machine.opened).toEqual([{ dataDirectory: FOLDER, vaults: {} }])
    machine.signal('SIGINT')
    await running
  })

  test('--detach hands everything to a process of its own and comes back when that is ready', async () => {
    const machine = new Machine()
    const named = ['--name', 'nas', '--listen', '/ip4/127.0.0.1/tcp/0', '--announce', '/dns4/a/tcp/1']
    const args = ['--no-mdns', '--relay', '--ui', '8080', ...named]
    const { status, stdout } = await machine.run(['up', '--detach', '--json', ...args])
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toEqual({ event: 'ready', deviceId: 'alice', addresses: [], ui: null })
    const [first = []] = machine.detached
    expect(first.slice(0, 4)).toEqual(['up', '--json', '--data-dir', FOLDER])
    expect(first.slice(4).sort()).toEqual(args.sort())
    expect(machine.opened).toHaveLength(0)
    const text = await machine.run(['up', '--detach'])
    expect(text.stdout).toContain(`To stop it: murmuration stop --data-dir ${FOLDER}`)
  })

  test('ends when another program asks the peer to stop', async () => {
    const machine = new Machine()
    const running = machine.run(['up', '--json'])
    await eventually(() => machine.stdout !== '')
    machine.running.set(FOLDER, machine.peer)
    const stopping = machine.run(['stop', '--json'])
    expect(await running).toMatchObject({ status: 0 })
    machine.endClients()
    expect(await stopping).toEqual({ status: 0, stdout: '{"stopped":true}\n', stderr: '' })
  })

  test('one signal that arrives twice stops it once; a later one ends it at once', async () => {
    const machine = new Machine()
    const releases: (() => void)[] = []
    machine.peer.stop = () => new Promise((resolve) => releases.push(resolve))
    const running = machine.run(['up', '--json'])
    await eventually(() => machine.stdout !== '')
    machine.signal('SIGINT')
    machine.monotonic += 100
    machine.signal('SIGINT')
    expect(machine.exits).toEqual([])
    machine.monotonic += 1000
    machine.signal('SIGINT')
    expect(machine.exits).toEqual([130])
    const release = await eventually(() => releases[0])
    release()
    expect(await running).toMatchObject({ status: 0 })
  })

  test('a failure to serve stops the peer again and is one line', async () => {
    const machine = new Machine()
    machine.failServing = new MurmurationError('PORT_TAKEN', 'Port 80 of 127.0.0.1 is taken by another program.')
    expect(await machine.run(['up', '--ui', '80', '--json'])).toEqual({
      status: 1,
      stdout: '',
      stderr: 'murmuration: Port 80 of 127.0.0.1 is taken by another program.\n',
    })
    expect(machine.peer.stopped).toBe(1)
  })

  test('a failure to open is one line', async () => {
    const machine = new Machine()
    machine.failOpening = new MurmurationError('DATA_FOLDER', 'the data folder is a file')
    expect(await machine.run(['up'])).toMatchObject({ status: 1, stderr: 'murmuration: the data folder is a file\n' })
    expect(machine.listensForStop).toBe(false)
  })
})

test('stop waits until the peer has let go', async () => {
  const { machine, service } = machineWithPeer()
  const stopping = machine.run(['stop'])
  await eventually(() => service.calls.length === 1)
  machine.endClients()
  expect(await stopping).toMatchObject({ status: 0, stdout: 'Stopped.\n' })
})
