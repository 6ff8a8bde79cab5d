/** A line and its staircase: a signal and its quantized self. */
export function Logo({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <rect width="24" height="24" rx="5" fill="#0d7580" />
      <path
        d="M4.5 18.5h4v-4h4v-4h4v-4h3"
        fill="none"
        stroke="#fff"
        strokeWidth="2.2"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <path d="M4.5 15.5 18 3.8" stroke="#a3d6da" strokeWidth="1.4" strokeLinecap="round" />
    </svg>
  );
}
