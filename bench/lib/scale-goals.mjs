/** Shares and ratios to reach: `share` of the floor's rate, the others at most. */
export const GOALS = { share: 0.7, growth: 1.3, lift: 3, memory: 1.1 };
