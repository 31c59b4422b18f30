import { describe, expect, test } from 'vitest'

import { PEOPLE_COLOURS, assignColours } from '../../renderer/theme/people-colours.ts'

type Rgb = readonly [number, number, number]
type Matrix = readonly [Rgb, Rgb, Rgb]

/** Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB. */
const SIGHTS: Readonly<Record<string, Matrix>> = {
  full: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
}
const SURFACES = { light: ['#ffffff', '#f6f8f9'], dark: ['#141e24', '#1b272e'] } as const
/** On the discs, as theme/tokens.css has it. */
const INITIALS = { light: '#ffffff', dark: '#10181d' } as const

describe('people’s colours', () => {
  test.each(['light', 'dark'] as const)(
    'keep 4.5 : 1 on the surfaces of the %s theme, and under their initials',
    (scheme) => {
      for (const pair of PEOPLE_COLOURS) {
        for (const surface of [...SURFACES[scheme], INITIALS[scheme]]) {
          expect({ surface, contrast: contrast(pair[scheme], surface) >= 4.5 }).toEqual({ surface, contrast: true })
        }
      }
    },
  )

  test.each(['light', 'dark'] as const)('stay apart for every sight in the %s theme', (scheme) => {
    for (const sight of Object.keys(SIGHTS)) {
      const seen = PEOPLE_COLOURS.map((pair) => lab(pair[scheme], SIGHTS[sight]))
      for (const [index, one] of seen.entries()) {
        for (const other of seen.slice(index + 1))
          expect({ sight, apart: distance(one, other) > 10 }).toEqual({ sight, apart: true })
      }
    }
  })

  test('are the same wherever the same machines are known, and differ up to twelve', () => {
    const ids = Array.from({ length: 12 }, (_, number) => `machine-${number}`)
    const assigned = assignColours(ids)
    expect(new Set(assigned.values()).size).toBe(12)
    expect(assignColours([...ids].reverse())).toEqual(assigned)
  })

  test('are shared beyond twelve, without an end', () => {
    const ids = Array.from({ length: 500 }, (_, number) => `machine-${number}`)
    expect(assignColours(ids).size).toBe(500)
  })
})

function linear(hex: string): Rgb {
  const channel = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return [channel(1), channel(3), channel(5)]
}

function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [low, high] = [luminance(linear(one)), luminance(linear(other))].sort((a, b) => a - b) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

function lab(hex: string, sight: Matrix | undefined): Rgb {
  const rgb = linear(hex)
  const [red, green, blue] = (sight ?? []).map((row) =>
    Math.min(1, Math.max(0, row[0] * rgb[0] + row[1] * rgb[1] + row[2] * rgb[2])),
  ) as [number, number, number]
  const f = (value: number): number => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116)
  const x = f((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047)
  const y = f(0.2126 * red + 0.7152 * green + 0.0722 * blue)
  const z = f((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883)
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

function distance(one: Rgb, other: Rgb): number {
  return Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2])
}
