import { describe, expect, test } from 'vitest'

import { linesOf, spotsOf } from '../../renderer/home/map-layout.ts'
import { poolOf } from '../../renderer/machines/pool.ts'
import { busyMachines, demoId, demoMachine } from './demo-world.ts'

const SIZE = { width: 560, height: 300 }

describe('the map', () => {
  test.each([1, 2, 3, 5, 10, 14, 60])('keeps %i machines inside and apart', (count) => {
    const machines = Array.from({ length: count }, (_, index) =>
      demoMachine(index + 1, `m${index}`, { self: index === 0 }),
    )
    const spots = spotsOf(machines, SIZE)
    for (const [index, spot] of spots.entries()) {
      expect(spot.x - spot.radius).toBeGreaterThanOrEqual(0)
      expect(spot.x + spot.radius).toBeLessThanOrEqual(SIZE.width)
      expect(spot.y - spot.radius).toBeGreaterThanOrEqual(0)
      expect(spot.y + spot.radius).toBeLessThanOrEqual(SIZE.height)
      for (const other of spots.slice(index + 1)) {
        expect(Math.hypot(spot.x - other.x, spot.y - other.y)).toBeGreaterThan(
          count > 20 ? 10 : spot.radius + other.radius,
        )
      }
    }
  })

  test('does not move a machine when its load changes, nor when machines come in another order', () => {
    const machines = busyMachines()
    const before = spotsOf(machines, SIZE)
    const after = spotsOf(
      [...machines].reverse().map((machine) => ({ ...machine })),
      SIZE,
    )
    expect(after.map(({ x, y }) => [x, y])).toEqual(before.map(({ x, y }) => [x, y]))
  })

  test('draws a larger circle for what gives more', () => {
    const spots = spotsOf([demoMachine(1, 'small', { cores: 2 }), demoMachine(2, 'large', { cores: 64 })], SIZE)
    const radius = (name: string): number => spots.find((spot) => spot.machine.name === name)?.radius ?? 0
    expect(radius('large')).toBeGreaterThan(radius('small'))
  })

  test('draws lines as the ways are, and between others as they say', () => {
    const routes = linesOf(spotsOf(busyMachines(), SIZE)).map((line) => line.route)
    expect(routes.filter((route) => route === 'lan')).toHaveLength(2)
    expect(routes.filter((route) => route === 'relayed')).toHaveLength(1)
    expect(routes.filter((route) => route === 'others')).toHaveLength(3)
  })
})

test('the pool adds up who is here, and counts who has not said', () => {
  const pool = poolOf([
    demoMachine(1, 'alice', { self: true, cores: 4, load: 0.5 }),
    demoMachine(2, 'bob', { cores: 8, load: 2 }),
    { ...demoMachine(3, 'carol'), capacity: null },
    demoMachine(4, 'away', { online: false, cores: 100 }),
  ])
  expect(pool).toMatchObject({ cores: 12, busyCores: 10, here: 3, unknown: 1 })
  expect(pool.counted.map((machine) => machine.deviceId)).toEqual([demoId(1), demoId(2)])
})
