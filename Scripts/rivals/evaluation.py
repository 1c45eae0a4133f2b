"""Times exact k-NN in faiss and the path of logistic regressions in scikit-learn on features that `vitrail embed` wrote.

The rival of `vitrail bench evaluation`. Example: python Scripts/rivals/evaluation.py TRAIN TEST --json
Both libraries get the machine's threads. scikit-learn starts each penalty from the one before and stops at --tolerance;
the objectives it reaches are printed in Vitrail's form, (1/n)·sum of cross-entropies + (l2/2)·|W|^2, to be compared at
equal values.
"""

import argparse
import json
import os
import time
from pathlib import Path

import numpy as np


def load(folder):
    folder = Path(folder)
    return np.load(folder / "features.npy"), np.load(folder / "labels.npy")


def objective(x, y, weights, intercepts, l2):
    logits = x.astype(np.float64) @ weights.T + intercepts
    top = logits.max(1, keepdims=True)
    log_sum = top[:, 0] + np.log(np.exp(logits - top).sum(1))
    return float((log_sum - logits[np.arange(len(y)), y]).mean() + l2 / 2 * (weights**2).sum())


def search(train, test, neighbors, threads):
    import faiss

    faiss.omp_set_num_threads(threads)
    train, test = train.copy(), test.copy()
    start = time.perf_counter()
    faiss.normalize_L2(train)
    faiss.normalize_L2(test)
    index = faiss.IndexFlatIP(train.shape[1])
    index.add(train)
    _, found = index.search(test, neighbors)
    return time.perf_counter() - start, found


def path(x, y, penalties, tolerance):
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(solver="lbfgs", warm_start=True, max_iter=10_000, tol=tolerance)
    reached = []
    start = time.perf_counter()
    for l2 in penalties:
        model.C = 1 / (l2 * len(y))
        model.fit(x, y)
        reached.append((model.coef_.copy(), model.intercept_.copy()))
    seconds = time.perf_counter() - start
    return seconds, [objective(x, y, *found, l2) for found, l2 in zip(reached, penalties)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train")
    parser.add_argument("test")
    parser.add_argument("--neighbors", type=int, default=20)
    parser.add_argument("--l2", default="10,1,1e-1,1e-2,1e-3,1e-4,1e-5,1e-6")
    parser.add_argument("--tolerance", type=float, default=1e-4)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--skip-path", action="store_true")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    train, labels = load(chosen.train)
    test, test_labels = load(chosen.test)
    penalties = sorted((float(value) for value in chosen.l2.split(",")), reverse=True)
    search_seconds, found = search(train, test, chosen.neighbors, chosen.threads)
    result = {
        "searchSeconds": search_seconds,
        "nearestAccuracy": float((labels[found[:, 0]] == test_labels).mean()),
    }
    if not chosen.skip_path:
        deviation = train.std(0)
        x = (train - train.mean(0)) / np.where(deviation > 0, deviation, 1)
        result["pathSeconds"], result["objectives"] = path(x.astype(np.float32), labels, penalties, chosen.tolerance)
        result["l2"] = penalties
    print(json.dumps(result) if chosen.json else result)


if __name__ == "__main__":
    main()
