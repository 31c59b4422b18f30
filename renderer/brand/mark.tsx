/** Seven birds that turn as one. */
const BIRDS: readonly (readonly [x: number, y: number, turn: number, size: number])[] = [
  [13.9, 24.7, -82, 0.6],
  [26.3, 13.4, -31, 0.66],
  [42.9, 15.8, 20, 0.73],
  [51.4, 30.3, 71, 0.79],
  [45.5, 46.0, 122, 0.85],
  [29.6, 51.4, 173, 0.92],
  [15.5, 42.3, 224, 0.98],
]
const BIRD = 'M-11 .6C-6.4-6.8 4-6.6 11 1.2C3 3.6-5.6 4.4-11 .6Z'

/** The product's mark, in the colour of the text around it. Decoration: whoever uses it names the product in words. */
export function Mark({ size = 28, className }: { readonly size?: number; readonly className?: string }) {
  return (
    <svg className={className} width={size} height={size} viewBox="4 4 56 56" fill="currentColor" aria-hidden="true">
      {BIRDS.map(([x, y, turn, scale]) => (
        <path key={turn} d={BIRD} transform={`translate(${x} ${y}) rotate(${turn}) scale(${scale})`} />
      ))}
    </svg>
  )
}
