import classes from './flock.module.css'

const BIRD = 'M-11 .6C-6.4-6.8 4-6.6 11 1.2C3 3.6-5.6 4.4-11 .6Z'
const COUNT = 140
const GOLDEN = Math.PI * (3 - Math.sqrt(5))

/** Birds on a bent sunflower spiral: the same sky on every machine. */
const BIRDS = Array.from({ length: COUNT }, (_, number) => {
  const distance = Math.sqrt((number + 0.6) / COUNT)
  const angle = number * GOLDEN
  const bend = 0.9 * Math.sin(distance * 3.1 + Math.cos(angle) * 1.3)
  return {
    x: 600 + 560 * distance * Math.cos(angle),
    y: 330 + 210 * distance * Math.sin(angle + bend) - 60 * Math.cos(angle * 2) * distance,
    turn: (Math.atan2(Math.cos(angle + bend), -Math.sin(angle)) * 180) / Math.PI,
    size: 0.28 + 0.5 * (1 - distance) + 0.14 * Math.sin(number * 1.7),
    light: 0.25 + 0.75 * (1 - distance),
  }
})

/** The sky behind the first run. Decoration. */
export function Flock() {
  return (
    <svg className={classes['sky']} viewBox="0 0 1200 660" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      {BIRDS.map((bird) => (
        <path
          key={`${bird.x}`}
          d={BIRD}
          opacity={bird.light}
          transform={`translate(${bird.x.toFixed(1)} ${bird.y.toFixed(1)}) rotate(${bird.turn.toFixed(0)}) scale(${bird.size.toFixed(2)})`}
        />
      ))}
    </svg>
  )
}
