import { useEffect, useState } from 'react'

/** Shows more of a long list as one scrolls down: `more` goes onto an element at its end. */
export function useGrowing(page: number): { readonly shown: number; readonly more: (element: Element | null) => void } {
  const [shown, setShown] = useState(page)
  const [element, more] = useState<Element | null>(null)
  useEffect(() => {
    if (element === null) return
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return
        setShown((count) => count + page)
        // Observed anew it tells at once where it still is in view.
        observer.unobserve(element)
        requestAnimationFrame(() => observer.observe(element))
      },
      { rootMargin: '400px' },
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [element, page])
  return { shown, more }
}
