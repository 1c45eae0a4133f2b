"""Golden values of scores and of clustering, from scikit-learn, scipy and numpy; expectations of mutual information with
50 digits from mpmath.

Writes Tests/EvaluationTests/Golden/scores.json: run from the root of the repository, after evaluation.py, with a Python
that has scikit-learn and mpmath. Fails when a value is so close to a tie that rounding could turn it.
"""

import json
import pathlib

import numpy as np
from mpmath import exp, log, loggamma, mp, mpf
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.optimize import linear_sum_assignment
from scipy.stats import binomtest
from sklearn.cluster import KMeans
from sklearn.metrics import (
    adjusted_mutual_info_score, adjusted_rand_score, average_precision_score, balanced_accuracy_score,
    normalized_mutual_info_score, silhouette_score, top_k_accuracy_score)
from sklearn.metrics.cluster import contingency_matrix

mp.dps = 50
rng = np.random.default_rng(29)
folder = pathlib.Path("Tests/EvaluationTests/Golden")


def listed(a, digits=9):
    return [float(f"{v:.{digits}g}") for v in np.asarray(a, dtype=np.float64).ravel()]


def rounded(shape, scale=1.0):
    return np.round(rng.normal(size=shape) * scale, 3).astype(np.float32).astype(np.float64)


# Agreement


def expected_information(a, b, n):
    """Vinh et al., 2010; within 45 standard deviations of each mean, beyond which nothing is left at 50 digits."""
    total = mpf(0)
    a, b = [np.unique(x, return_counts=True) for x in (a, b)]
    for ai, ma in zip(*[x.tolist() for x in a]):
        for bj, mb in zip(*[x.tolist() for x in b]):
            mean = ai * bj / n
            reach = 45 * (mean + 1) ** 0.5 + 45
            low = max(1, ai + bj - n, int(mean - reach))
            high = min(ai, bj, int(mean + reach))
            if high < low:
                continue
            f = lambda x: loggamma(mpf(x) + 1)
            p = exp(f(ai) + f(bj) + f(n - ai) + f(n - bj) - f(n) - f(low) - f(ai - low) - f(bj - low)
                    - f(n - ai - bj + low))
            for k in range(low, high + 1):
                total += ma * mb * p * k / n * log(mpf(n) * k / (ai * bj))
                p = p * (ai - k) * (bj - k) / ((k + 1) * (n - ai - bj + k + 1))
    return total


def precise_ami(clusters, classes):
    table = contingency_matrix(classes, clusters)
    n = int(table.sum())
    a, b = table.sum(axis=1), table.sum(axis=0)
    if len(a) == 1 or len(b) == 1:
        return 1.0 if len(a) == len(b) else 0.0
    entropy = lambda x: -sum(mpf(int(v)) / n * log(mpf(int(v)) / n) for v in x)
    information = sum(
        mpf(int(v)) / n * log(mpf(n) * int(v) / (int(a[i]) * int(b[j])))
        for (i, j), v in np.ndenumerate(table) if v)
    expected = expected_information(a, b, n)
    below = (entropy(a) + entropy(b)) / 2 - expected
    return 1.0 if abs(below) < 1e-30 else float((information - expected) / below)


def agreement(clusters, classes):
    table = contingency_matrix(clusters, classes)
    rows, columns = linear_sum_assignment(-table)
    ami = precise_ami(clusters, classes)
    assert abs(ami - adjusted_mutual_info_score(classes, clusters)) < 1e-6
    return dict(
        ami=ami, nmi=normalized_mutual_info_score(classes, clusters),
        ari=adjusted_rand_score(classes, clusters), accuracy=table[rows, columns].sum() / table.sum())


agreements = []
classes = rng.integers(0, 5, 60)
noisy = np.where(rng.random(60) < 0.7, classes, rng.integers(0, 4, 60))
for clusters, labels in [
    (noisy, classes), (rng.integers(0, 9, 200), rng.integers(0, 6, 200)), ((classes + 3) % 5, classes),
    (np.arange(12), np.arange(12) // 3), (np.zeros(12, int), np.arange(12) // 3), (np.zeros(5, int), np.zeros(5, int)),
    (np.arange(7), np.arange(7)), (np.repeat([0, 1], 20), np.tile([0, 1], 20)),
    (np.r_[np.zeros(90, int), 1, 2, 3], np.r_[np.zeros(80, int), np.ones(13, int)]),
]:
    agreements.append(dict(clusters=clusters.tolist(), classes=labels.tolist(), **agreement(clusters, labels)))
# A million rows by a formula: i, then what Swift computes as well.
i = np.arange(1_000_000)
large = agreement((i // 77_000 + i % 89 // 60) % 13, (i // 100_000 + i % 97 // 80) % 10)

# Assignment

assignments = []
for shape in [(1, 1), (6, 6), (4, 9), (9, 4), (25, 30)]:
    costs = np.round(rng.normal(size=shape), 3)
    rows, columns = linear_sum_assignment(costs)
    found = [None] * shape[0]
    for r, c in zip(rows.tolist(), columns.tolist()):
        found[r] = c
    assignments.append(dict(
        rows=shape[0], columns=shape[1], costs=listed(costs), found=found, total=float(costs[rows, columns].sum())))

# Silhouette

points = rounded((50, 6)) + 2 * rng.integers(0, 3, (50, 1)) + 5
points = np.round(points, 3).astype(np.float32).astype(np.float64)
groups = rng.integers(0, 4, 50)
groups[7] = 9  # alone
silhouette = dict(width=6, values=listed(points), clusters=groups.tolist(), score=silhouette_score(points, groups))

# Average precision

precisions = []
for n, levels in [(30, 1000), (40, 6), (12, 1)]:
    scores = rng.integers(0, levels, n) / 8
    positives = rng.random(n) < 0.3
    positives[3] = True
    precisions.append(dict(
        scores=listed(scores), positives=positives.tolist(), value=average_precision_score(positives, scores)))

# McNemar

pairs = [(0, 0), (1, 0), (3, 3), (10, 2), (4, 11), (120, 80), (0, 900), (5000, 5300), (500_000, 502_500), (40, 900)]
tests = [dict(onlyFirst=b, onlySecond=c, p=binomtest(b, b + c, 0.5).pvalue if b + c else 1.0) for b, c in pairs]

# Scores of probabilities

K = 7
logits = rng.normal(size=(150, K)) * 2
truth = np.where(rng.random(150) < 0.6, logits.argmax(axis=1), rng.integers(0, K, 150))
p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
p = np.array(listed(p, 7)).astype(np.float32).reshape(150, K)
confidence = p.max(axis=1).astype(np.float64)
right = p.argmax(axis=1) == truth
error = 0.0
for low in np.arange(15) / 15:
    inside = (confidence > low) & (confidence <= low + 1 / 15)
    assert (np.abs(confidence - low) > 1e-6).all(), "a confidence at the border of a bin: take another seed"
    if inside.any():
        error += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
classification = dict(
    classCount=K, probabilities=listed(p), labels=truth.tolist(), top1=right.mean(),
    top5=top_k_accuracy_score(truth, p, k=5), balancedAccuracy=balanced_accuracy_score(truth, p.argmax(axis=1)),
    calibrationError=error)

# k-means

blobs = np.round(rng.normal(size=(90, 4)) + rng.normal(size=(5, 4))[rng.integers(0, 5, 90)] * 3 + 20, 3)
blobs = blobs.astype(np.float32).astype(np.float64)
k_means = []
starts = [blobs[:5], np.vstack([blobs[:4], np.full((1, 4), 500.0)]), np.vstack([blobs[:3], np.full((2, 4), 500.0)])]
for start in starts:
    m = KMeans(5, init=start, n_init=1, algorithm="lloyd", tol=0, max_iter=300).fit(blobs)
    d = np.sort(((blobs[:, None] - m.cluster_centers_[None]) ** 2).sum(axis=2), axis=1)
    assert (d[:, 1] - d[:, 0]).min() > 1e-3, "a row nearly between centres: take another seed"
    assert len(set(m.labels_)) == 5
    k_means.append(dict(
        start=listed(start), centers=listed(m.cluster_centers_), clusters=m.labels_.tolist(), inertia=m.inertia_))

# Ward

z = linkage(blobs, method="ward")
assert np.diff(z[:, 2]).min() > 1e-5, "merges of nearly equal height: take another seed"
ward = dict(heights=listed(z[:, 2]), cuts=[
    dict(count=c, clusters=fcluster(z, c, criterion="maxclust").tolist()) for c in (1, 2, 5, 17, 90)])

# Class means and retrieval, on the features of evaluation.py

golden = json.loads((folder / "evaluation.json").read_text())
D, C = golden["width"], golden["classCount"]
unit = lambda x: x / np.linalg.norm(x, axis=1, keepdims=True)
train = unit(np.array(golden["train"], dtype=np.float32).astype(np.float64).reshape(-1, D))
test = unit(np.array(golden["test"], dtype=np.float32).astype(np.float64).reshape(-1, D))
labels, wanted = np.array(golden["labels"]), np.array(golden["testLabels"])
means = unit(np.stack([train[labels == c].mean(axis=0) for c in range(C)]))
cosines = test @ means.T
best = np.sort(cosines, axis=1)
assert (best[:, -1] - best[:, -2]).min() > 1e-5, "two classes nearly equally near: take another seed"
soft = np.exp(cosines / 0.07)
soft /= soft.sum(axis=1, keepdims=True)
centroid = dict(
    top1=(cosines.argmax(axis=1) == wanted).mean(), predictions=cosines.argmax(axis=1).tolist(),
    calibrationError=sum(
        inside.mean() * abs((cosines.argmax(axis=1) == wanted)[inside].mean() - soft.max(axis=1)[inside].mean())
        for low in np.arange(15) / 15
        if (inside := (soft.max(axis=1) > low) & (soft.max(axis=1) <= low + 1 / 15)).any()))


def retrieve(queries, query_labels, bank, bank_labels, leave_out, depth=None):
    recall, precision = {1: [], 5: [], 10: []}, []
    for q, row in enumerate(queries @ bank.T):
        keep = np.arange(len(bank)) != q if leave_out else np.full(len(bank), True)
        s, relevant = row[keep], bank_labels[keep] == query_labels[q]
        order = np.argsort(-s, kind="stable")
        gaps = -np.diff(s[order])
        assert gaps.min() > 1e-6, "two rows nearly equally similar: take other rows"
        for k in recall:
            recall[k].append(relevant[order[:k]].any())
        if depth is None:
            precision.append(average_precision_score(relevant, s))
        else:
            top = relevant[order[:depth]]
            at = np.cumsum(top) / np.arange(1, len(top) + 1)
            precision.append((at * top).sum() / min(relevant.sum(), depth))
    return dict(recall={str(k): np.mean(v) for k, v in recall.items()}, meanAveragePrecision=np.mean(precision))


queries, asked, bank, known = test[:20], wanted[:20], train[:60], labels[:60]
retrieval = dict(
    two=retrieve(queries, asked, bank, known, False), one=retrieve(bank, known, bank, known, True),
    short=retrieve(queries, asked, bank, known, False, depth=15))

result = dict(
    agreements=agreements, large=large, assignments=assignments, silhouette=silhouette, precisions=precisions,
    tests=tests, classification=classification,
    blobs=dict(width=4, values=listed(blobs)), kMeans=k_means, ward=ward, centroid=centroid, retrieval=retrieval)
path = folder / "scores.json"
path.write_text(json.dumps(result, separators=(",", ":")) + "\n")
print(path, path.stat().st_size, "bytes", large, silhouette["score"], centroid["top1"], retrieval)
