#include <cblas.h>

// LAPACK's Cholesky factorisation and solution, and its singular values and vectors, which OpenBLAS carries but its cblas.h does not declare.
// Matrices are column-major; the last argument is the length of `uplo` or `jobz`, which Fortran passes behind.
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info, unsigned long length);
void dpotrs_(const char *uplo, const int *n, const int *nrhs, const double *a, const int *lda, double *b,
             const int *ldb, int *info, unsigned long length);
void dgesdd_(const char *jobz, const int *m, const int *n, double *a, const int *lda, double *s, double *u,
             const int *ldu, double *vt, const int *ldvt, double *work, const int *lwork, int *iwork, int *info,
             unsigned long length);
