/**
 * Area under the receiver operating characteristic, exact: the Mann–Whitney statistic
 * U / (n₁·n₀), equal scores counted half (Hanley & McNeil 1982; as sklearn.metrics.roc_auc_score).
 */
export function areaUnderCurve(
  scores: readonly number[],
  truths: readonly number[],
): number | undefined {
  if (scores.some(Number.isNaN)) return undefined;
  const order = scores.map((_, index) => index).sort((a, b) => scores[a]! - scores[b]!);
  let positives = 0;
  let rankSum = 0;
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) to++;
    // Ranks from + 1 … to share their mean.
    const rank = (from + 1 + to) / 2;
    for (let at = from; at < to; at++) {
      if (truths[order[at]!] !== 1) continue;
      positives++;
      rankSum += rank;
    }
    from = to;
  }
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) return undefined;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
