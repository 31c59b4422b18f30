import classes from './flock.module.css'

const BIRD = 'M-11 .6C-6.4-6.8 4-6.6 11 1.2C3 3.6-5.6 4.4-11 .6Z'
const COUNT = 420
const GOLDEN = Math.PI * (3 - Math.sqrt(5))

/** Birds on a sunflower spiral, drawn out into two lobes and a waist as flocks are at dusk: the same sky on every machine. */
const BIRDS = Array.from({ length: COUNT }, (_, number) => {
  const distance = Math.sqrt((number + 0.6) / COUNT)
  const angle = number * GOLDEN
  const along = distance * Math.cos(angle)
  const across = distance * Math.sin(angle)
  const waist = 0.34 + 0.66 * along * along
  return {
    key: number,
    x: 600 + 590 * along + 40 * across,
    y: 330 + 250 * across * waist + 120 * Math.sin(along * 2.6),
    turn: (Math.atan2(0.55 * Math.cos(along * 2.6), 1) * 180) / Math.PI - 18 * across + 12 * Math.sin(number * 2.3),
    size: 0.34 + 0.26 * Math.abs(Math.sin(number * 1.7)) + 0.2 * (1 - distance),
    light: 0.35 + 0.65 * Math.abs(Math.cos(number * 0.9)),
  }
})

/** The sky behind the first run. Decoration. */
export function Flock() {
  return (
    <svg className={classes['sky']} viewBox="0 0 1200 660" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      {BIRDS.map((bird) => (
        <path
          key={bird.key}
          d={BIRD}
          opacity={bird.light}
          transform={`translate(${bird.x.toFixed(1)} ${bird.y.toFixed(1)}) rotate(${bird.turn.toFixed(0)}) scale(${bird.size.toFixed(2)})`}
        />
      ))}
    </svg>
  )
}
